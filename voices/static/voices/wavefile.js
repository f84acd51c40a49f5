// Samples to a wav file; one that was generated says so in its tags.

const AI_COMMENT = "AI-generated speech. Речь создана искусственным интеллектом.";

/** @param {Int16Array[]} pieces mono. */
export function wavFile(pieces, rate, { voice } = {}) {
  const tags = voice === undefined ? new Uint8Array(0) : listChunk({ IART: voice, ICMT: AI_COMMENT, ISFT: "AI_GENERATED" });
  const bytes = 2 * pieces.reduce((sum, piece) => sum + piece.length, 0);
  const head = new DataView(new ArrayBuffer(36));
  text(head, 0, "RIFF");
  head.setUint32(4, 36 + tags.length + bytes, true);
  text(head, 8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true); // samples as they are
  head.setUint16(22, 1, true); // mono
  head.setUint32(24, rate, true);
  head.setUint32(28, 2 * rate, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  const data = new DataView(new ArrayBuffer(8));
  text(data, 0, "data");
  data.setUint32(4, bytes, true);
  return new Blob([head, tags, data, ...pieces], { type: "audio/wav" });
}

function listChunk(fields) {
  const parts = [bytesOf("INFO")];
  for (const [name, value] of Object.entries(fields)) {
    const content = bytesOf(`${value}\0`);
    parts.push(bytesOf(name), length(content.length), content, new Uint8Array(content.length % 2));
  }
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return joined([bytesOf("LIST"), length(size), ...parts]);
}

const bytesOf = (words) => new TextEncoder().encode(words);

function length(value) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

const text = (view, place, words) => [...words].forEach((letter, index) => view.setUint8(place + index, letter.charCodeAt(0)));
