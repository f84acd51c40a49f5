// A talk: the microphone, a socket, the loudspeakers; and what the delay is made of.

import { language, pageData, say } from "./page.js";

const MOST_HZ = 48000;
const PING_MILLISECONDS = 1000;

/** Begin. `told` hears ("preparing" | "ready" | "report", facts), `level` the power of the microphone, `over` the reason. */
export async function startTalk({ ticket, microphone, output, keep, told, level, over }) {
  let context = new AudioContext({ latencyHint: "interactive" });
  if (context.sampleRate > MOST_HZ) {
    await context.close();
    context = new AudioContext({ latencyHint: "interactive", sampleRate: MOST_HZ });
  }
  if (output) await context.setSinkId?.(output);
  await context.audioWorklet.addModule(pageData.worklet);
  const heard = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0 });
  const spoken = new AudioWorkletNode(context, "loudspeaker", { numberOfInputs: 0 });
  context.createMediaStreamSource(microphone).connect(heard);
  spoken.connect(context.destination);

  const socket = new WebSocket(ticket.address);
  socket.binaryType = "arraybuffer";
  const talk = { rate: context.sampleRate, said: [], came: [], network: 0, reserve: 0 };
  let ready = false;
  let pinging = 0;
  let why = null;

  const send = (message) => socket.readyState === WebSocket.OPEN && socket.send(message instanceof ArrayBuffer ? message : JSON.stringify(message));
  heard.port.onmessage = ({ data }) => {
    level(data.power);
    if (!ready) return;
    if (keep) talk.said.push(new Int16Array(data.content));
    send(data.content);
  };
  spoken.port.onmessage = ({ data }) => { talk.reserve += (data.reserve - talk.reserve) / 8; };
  socket.addEventListener("open", () => send({ type: "begin", ticket: ticket.ticket, rate_hz: context.sampleRate, language }));
  socket.addEventListener("message", ({ data }) => {
    if (data instanceof ArrayBuffer) {
      if (keep) talk.came.push(new Int16Array(data));
      spoken.port.postMessage({ content: data });
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "pong") talk.network = (performance.now() - message.sent) / 1000;
    else if (message.type === "error") why = message.error.message;
    else {
      if (message.type === "ready") begin(message.block_seconds);
      told(message.type, message);
    }
  });
  socket.addEventListener("close", ({ code }) => {
    clearInterval(pinging);
    microphone.getTracks().forEach((track) => track.stop());
    context.close();
    over(code === 1000 ? null : why ?? say("closed"));
  });

  function begin(block) {
    spoken.port.postMessage({ block });
    ready = true;
    pinging = setInterval(() => send({ type: "ping", sent: performance.now() }), PING_MILLISECONDS);
  }

  talk.stop = () => (socket.readyState === WebSocket.OPEN ? send({ type: "end" }) : socket.close());
  /** Seconds, by part; `report` is the server's. */
  talk.delay = (report) => ({
    block: report.block_seconds,
    ahead: report.ahead_seconds,
    resampling: report.resampling_seconds,
    computing: report.computing_seconds,
    network: talk.network,
    waiting: talk.reserve,
    device: (context.baseLatency ?? 0) + (context.outputLatency ?? 0),
  });
  return talk;
}
