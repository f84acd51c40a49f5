// The microphone: level while it listens, a countdown, a sound file at the end.

import { byId, clock, say } from "./page.js";

const MAX_SECONDS = 30;
const MIN_SECONDS = 3;
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

const button = byId("record");
const label = byId("record-label");
const level = byId("level");

let session = null;
let count = 0;

/** Wire the button; `take` gets a File, `complain` a message; what is shorter than `shortest` seconds is none. */
export function startRecorder({ take, complain, shortest = MIN_SECONDS }) {
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) {
    button.hidden = true;
    byId("record-hint").hidden = true;
    return;
  }
  button.addEventListener("click", () => (session ? session.stop() : begin(take, complain, shortest)));
}

/** Stop and keep what has been said. */
export function keepRecording() {
  session?.stop();
}

/** Stop without keeping anything. */
export function dropRecording() {
  session?.stop({ keep: false });
}

async function begin(take, complain, shortest) {
  button.disabled = true;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    session = listen(stream, take, complain, shortest);
  } catch (error) {
    complain(say(error.name === "NotFoundError" ? "microphoneMissing" : "microphoneDenied"));
  } finally {
    button.disabled = false;
  }
}

function listen(stream, take, complain, shortest) {
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 128000 });
  const chunks = [];
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const meter = startMeter(stream);
  let kept = true;
  let length = 0;

  const stop = ({ keep = true } = {}) => {
    kept = keep;
    length = seconds();
    if (recorder.state !== "inactive") recorder.stop();
  };
  const timer = setInterval(() => {
    label.textContent = say("recordStop", { left: clock(Math.ceil(MAX_SECONDS - seconds())) });
    if (seconds() >= MAX_SECONDS) stop();
  }, 200);

  recorder.addEventListener("dataavailable", (event) => chunks.push(event.data));
  recorder.addEventListener("stop", () => {
    clearInterval(timer);
    meter.stop();
    stream.getTracks().forEach((track) => track.stop());
    idle();
    if (!kept) return;
    if (length < shortest) complain(say("recordShort"));
    else take(soundFile(chunks, recorder.mimeType));
  });
  recorder.start();
  button.classList.add("recording");
  level.hidden = false;
  label.textContent = say("recordStop", { left: clock(MAX_SECONDS) });
  return { stop };
}

function idle() {
  session = null;
  button.classList.remove("recording");
  label.textContent = say("recordStart");
  level.hidden = true;
}

function soundFile(chunks, mimeType) {
  count += 1;
  const extension = mimeType.includes("mp4") ? "m4a" : mimeType.includes("ogg") ? "ogg" : "webm";
  const name = `${say("recordedName", { number: count })}.${extension}`;
  return new File([new Blob(chunks, { type: mimeType })], name, { type: mimeType });
}

function startMeter(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let frame = 0;
  const draw = () => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    const decibels = 10 * Math.log10(power + 1e-10);
    level.value = Math.min(1, Math.max(0, (decibels + 60) / 50)); // -60 dB empty, -10 dB full
    frame = requestAnimationFrame(draw);
  };
  draw();
  return {
    stop() {
      cancelAnimationFrame(frame);
      context.close();
    },
  };
}
