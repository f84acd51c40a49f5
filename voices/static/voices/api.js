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

async function call(method, path, body, { headers = {}, told } = {}) {
  const given = { "Accept-Language": language, "X-CSRFToken": token, ...headers };
  const { status, answer } = body instanceof FormData
    ? await uploaded(path, body, given, told)
    : await exchanged(method, path, body, given);
  if (status === 204) return null;
  const ok = status >= 200 && status < 300;
  if (ok && answer) return answer;
  const error = answer?.error;
  throw new ApiError(ok ? 0 : status, // 0: it broke off in the middle
    error?.code ?? "unknown", error?.message ?? say("offline"));
}

async function exchanged(method, path, body, headers) {
  if (body) headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(`/api/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
    return { status: response.status, answer: response.status === 204 ? null : await response.json().catch(() => null) };
  } catch {
    throw new ApiError(0, "offline", say("offline"));
  }
}

/** Files are sent by XMLHttpRequest: fetch does not tell how much of them has gone. */
function uploaded(path, body, headers, told = () => {}) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/${path}`);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => told(event.total ? event.loaded / event.total : 0));
    request.addEventListener("load", () => done({ status: request.status, answer: request.response }));
    for (const trouble of ["error", "abort", "timeout"]) {
      request.addEventListener(trouble, () => failed(new ApiError(0, "offline", say("offline"))));
    }
    request.send(body);
  });
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
/** `told` hears which share of a form with files has been sent. */
export const post = (path, body, told) => call("POST", path, body, { told });

/** A post that makes one thing: it is sent again under the same key when its answer is lost; `lost` hears of that. */
export async function postOnce(path, body, lost = () => {}, told = () => {}) {
  const key = crypto.getRandomValues(new Uint32Array(4)).join("-"); // randomUUID wants https
  const more = { headers: { "Idempotency-Key": key }, told };
  for (const pause of RESEND_MILLISECONDS) {
    try {
      return await call("POST", path, body, more);
    } catch (error) {
      if (!LOST.includes(error.status)) throw error;
    }
    lost();
    await wait(pause);
  }
  return call("POST", path, body, more);
}

/** Send bytes; nothing is answered. */
export async function putBytes(path, bytes) {
  const headers = { "Accept-Language": language, "X-CSRFToken": token, "Content-Type": "application/octet-stream" };
  const response = await fetch(`/api/v1/${path}`, { method: "PUT", headers, body: bytes }).catch(() => null);
  if (response?.ok) return;
  const answer = await response?.json().catch(() => null);
  throw new ApiError(response?.status ?? 0, answer?.error?.code ?? "offline", answer?.error?.message ?? say("offline"));
}

export const patch = (path, body) => call("PATCH", path, body);
export const remove = (path) => call("DELETE", path);
