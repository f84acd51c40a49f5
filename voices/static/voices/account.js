// The new key: one press copies it.
import { say } from "./page.js";

const state = document.querySelector("#copy-state");
document.querySelector("#copy-secret").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(document.querySelector("#secret").textContent);
    state.textContent = say("copied");
  } catch {
    state.textContent = say("copyFailed"); // no clipboard on plain http
  }
});
