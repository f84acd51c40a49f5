// Calls of /api/v1/. A failed one throws ApiError with a message for people.

import { language, say } from "./page.js";

const token = document.querySelector('meta[name="csrf-token"]').content;

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function call(method, path, body) {
  const headers = { "Accept-Language": language, "X-CSRFToken": token };
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
  if (response.ok) return answer;
  const error = answer?.error;
  throw new ApiError(response.status, error?.code ?? "unknown", error?.message ?? say("offline"));
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
export const patch = (path, body) => call("PATCH", path, body);
export const remove = (path) => call("DELETE", path);
