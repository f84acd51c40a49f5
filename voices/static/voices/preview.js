// A round button that plays a voice's preview; one sounds at a time.

import { post } from "./api.js";
import { icon, iconButton, say } from "./page.js";
import { playAlone } from "./sound.js";

const sound = new Audio();
let heard = null; // {button, name} of what sounds

function show(button, name, state) {
  button.replaceChildren(icon(state === "playing" ? "stop" : "play"));
  button.setAttribute("aria-label", say(state === "playing" ? "stopListening" : "listen", { name }));
  button.setAttribute("aria-busy", String(state === "waiting"));
}

function silence() {
  if (heard) show(heard.button, heard.name, "silent");
  heard = null;
}

/** Play a voice's preview, or stop it; `complain` gets a message when there is none to be had. */
export function togglePreview(voice, button, complain) {
  if (heard?.button === button) {
    sound.pause();
    silence();
    return;
  }
  silence();
  heard = { button, name: voice.name };
  show(button, voice.name, "waiting");
  playAlone(sound);
  play(voice, heard).catch((error) => {
    if (error.name === "AbortError" || heard?.button !== button) return; // another one was asked for
    silence();
    complain(error.status ? error.message : say("previewFailed", { name: voice.name }));
  });
}

/** It is made first, if the voice has none or has changed. */
async function play(voice, wanted) {
  await post(voice.preview_url.replace(/^.*\/api\/v1\//, ""));
  if (heard !== wanted) return;
  sound.src = voice.preview_url;
  await sound.play();
}

export function previewButton(voice, complain) {
  const button = iconButton("play", say("listen", { name: voice.name }), () => togglePreview(voice, button, complain), "round listen");
  button.style.setProperty("--hue", hue(voice.id));
  return button;
}

/** A steady colour for a voice. */
export const hue = (id) => [...id].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 360, 7);

sound.addEventListener("playing", () => heard && show(heard.button, heard.name, "playing"));
sound.addEventListener("ended", silence);
sound.addEventListener("pause", () => !sound.ended && sound.currentTime > 0 && silence());
