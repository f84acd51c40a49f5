// Calls of /api/v1/. A failed one throws ApiError with a message for people.

import { language, say, wait } from "./page.js";

const token = document.querySelector('meta[name="csrf-token"]').content;

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const RESEND_MILLISECONDS = [500, 1000, 2000, 4000, 8000]; // pauses: a server that starts anew is back by then
const LOST = [0, 502, 504]; // no answer, or only that of a proxy that got none

async function call(method, path, body, more = {}) {
  const headers = { "Accept-Language": language, "X-CSRFToken": token, ...more };
  const isForm = body instanceof FormData;
  if (body && !isForm) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(`/api/v1/${path}`, {
      method,
      headers,
      body: isForm || !body ? body : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, "offline", say("offline"));
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  const error = answer?.error;
  throw new ApiError(response.ok ? 0 : response.status, // 0: it broke off in the middle
    error?.code ?? "unknown", error?.message ?? say("offline"));
}

/** The bytes at an address of the API, with its headers. */
export async function getBytes(path) {
  let response;
  try {
    response = await fetch(`/api/v1/${path}`, { headers: { "Accept-Language": language } });
  } catch {
    throw new ApiError(0, "offline", say("offline"));
  }
  if (!response.ok) throw new ApiError(response.status, "no_bytes", response.statusText);
  return { bytes: await response.arrayBuffer(), headers: response.headers };
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);

/** A post that makes one thing: it is sent again under the same key when its answer is lost; `lost` hears of that. */
export async function postOnce(path, body, lost = () => {}) {
  const key = { "Idempotency-Key": crypto.getRandomValues(new Uint32Array(4)).join("-") }; // randomUUID wants https
  for (const pause of RESEND_MILLISECONDS) {
    try {
      return await call("POST", path, body, key);
    } catch (error) {
      if (!LOST.includes(error.status)) throw error;
    }
    lost();
    await wait(pause);
  }
  return call("POST", path, body, key);
}

export const patch = (path, body) => call("PATCH", path, body);
export const remove = (path) => call("DELETE", path);
