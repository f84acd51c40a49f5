// Buttons that copy the code beside them.

import { say } from "./page.js";

const SHOWN_MILLISECONDS = 2000;

for (const button of document.querySelectorAll("[data-copy]")) {
  const words = button.textContent;
  button.addEventListener("click", async () => {
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = say("copied");
    } catch {
      getSelection().selectAllChildren(code); // no permission, or the page is not on https
      button.textContent = say("copyFailed");
    }
    setTimeout(() => { button.textContent = words; }, SHOWN_MILLISECONDS);
  });
}
