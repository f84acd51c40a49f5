// Sound that is played while it is made: pieces of mp3 into one media element.

const KIND = "audio/mpeg";
const KEPT_SECONDS = 30; // behind the place that is heard, when the browser's buffer is full

const Source = globalThis.ManagedMediaSource ?? globalThis.MediaSource;

export const canPlayLive = () => Boolean(Source?.isTypeSupported(KIND));

/** Attach to `audio`; push pieces in order, then end. */
export class LiveSound {
  constructor(audio) {
    this.audio = audio;
    this.waiting = [];
    this.ended = false;
    this.source = new Source();
    audio.disableRemotePlayback = true; // or Safari would not attach
    this.url = URL.createObjectURL(this.source);
    this.source.addEventListener("sourceopen", () => this.open(), { once: true });
    this.more = () => this.feed();
    audio.addEventListener("timeupdate", this.more);
    audio.src = this.url;
  }

  open() {
    if (this.source.readyState !== "open") return;
    this.buffer = this.source.addSourceBuffer(KIND);
    this.buffer.mode = "sequence";
    this.buffer.addEventListener("updateend", this.more);
    this.feed();
  }

  push(bytes) {
    this.waiting.push(bytes);
    this.feed();
  }

  end() {
    this.ended = true;
    this.feed();
  }

  /** Let go of the element. */
  drop() {
    this.audio.removeEventListener("timeupdate", this.more);
    this.waiting = [];
    URL.revokeObjectURL(this.url);
  }

  feed() {
    if (!this.buffer || this.buffer.updating || this.source.readyState !== "open") return;
    if (this.waiting.length) this.append();
    else if (this.ended) this.source.endOfStream();
  }

  append() {
    try {
      this.buffer.appendBuffer(this.waiting[0]);
      this.waiting.shift();
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
      const heard = this.audio.currentTime - KEPT_SECONDS;
      const ranges = this.buffer.buffered;
      if (ranges.length && heard > ranges.start(0) + 1) this.buffer.remove(0, heard);
      // else nothing can go yet: the next timeupdate tries again
    }
  }
}
