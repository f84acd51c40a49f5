// In the audio thread: the microphone to pieces of 16-bit samples, and samples that came to the loudspeakers.

const PIECE_SECONDS = 0.02;
const RESERVE_SECONDS = 0.03; // waited for when there is nothing to play, so that uneven steps of a network do no harm

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Int16Array(Math.round(PIECE_SECONDS * sampleRate));
    this.filled = 0;
    this.power = 0;
  }

  process([input]) {
    const samples = input[0];
    if (!samples) return true;
    for (const sample of samples) {
      this.power += sample * sample;
      this.piece[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
      if (this.filled < this.piece.length) continue;
      const content = this.piece.slice().buffer;
      this.port.postMessage({ content, power: this.power / this.piece.length }, [content]);
      this.filled = this.power = 0;
    }
    return true;
  }
}

/** Plays what comes; what cannot be played in time is left out, the oldest first, so that no delay builds up. */
class Loudspeaker extends AudioWorkletProcessor {
  constructor() {
    super();
    this.pieces = [];
    this.waiting = 0; // samples
    this.place = 0; // in the first piece
    this.most = sampleRate;
    this.begun = false;
    this.port.onmessage = ({ data }) => (data.block ? this.expect(data.block) : this.take(new Int16Array(data.content)));
  }

  expect(block) {
    this.most = Math.round((2 * RESERVE_SECONDS + block) * sampleRate);
  }

  take(piece) {
    this.port.postMessage({ reserve: this.waiting / sampleRate });
    this.pieces.push(piece);
    this.waiting += piece.length;
    while (this.waiting > this.most && this.pieces.length > 1) {
      this.waiting -= this.pieces.shift().length - this.place;
      this.place = 0;
    }
  }

  process(_inputs, [output]) {
    const samples = output[0];
    if (!this.begun && this.waiting > 0) {
      this.silence = (this.silence ?? Math.round(RESERVE_SECONDS * sampleRate)) - samples.length;
      this.begun = this.silence <= 0;
    }
    for (let index = 0; this.begun && index < samples.length; index++) {
      const piece = this.pieces[0];
      if (!piece) {
        this.begun = false;
        this.silence = undefined;
        break;
      }
      samples[index] = piece[this.place++] / 32768;
      this.waiting--;
      if (this.place < piece.length) continue;
      this.pieces.shift();
      this.place = 0;
    }
    for (const channel of output.slice(1)) channel.set(samples);
    return true;
  }
}

registerProcessor("microphone", Microphone);
registerProcessor("loudspeaker", Loudspeaker);
