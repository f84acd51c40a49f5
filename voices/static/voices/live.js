// Sound that is played while it is made: pieces of mp3 into one media element.
// Both classes take pieces in order (push, then end) and tell when the last has been heard (done).

const KIND = "audio/mpeg";
const KEPT_SECONDS = 30; // behind the place that is heard, when the browser's buffer is full

const Source = globalThis.ManagedMediaSource ?? globalThis.MediaSource;

/** Attach to `audio` what this browser can do. */
export const liveSound = (audio) => (Source?.isTypeSupported(KIND) ? new SourceSound(audio) : new FileSound(audio));

/** One source that grows. */
class SourceSound {
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

  get done() {
    return this.audio.ended;
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

/** A file that is replaced by a longer one when it has been heard, where there are no growing sources
 *  (iPhones before iOS 17.1). */
class FileSound {
  constructor(audio) {
    this.audio = audio;
    this.pieces = [];
    this.given = 0; // pieces that the element has
    this.hungry = true; // and has played to their end
    this.complete = false;
    this.onEnded = () => {
      this.hungry = true;
      this.feed();
    };
    audio.addEventListener("ended", this.onEnded);
  }

  push(bytes) {
    this.pieces.push(bytes);
    this.feed();
  }

  end() {
    this.complete = true;
  }

  get done() {
    return this.hungry && this.complete && this.given === this.pieces.length;
  }

  feed() {
    if (!this.hungry || this.given === this.pieces.length) return;
    const heard = this.given ? this.audio.duration : 0;
    this.given = this.pieces.length;
    this.hungry = false;
    URL.revokeObjectURL(this.url);
    this.url = URL.createObjectURL(new Blob(this.pieces, { type: KIND }));
    this.audio.src = this.url;
    startAt(this.audio, heard);
    this.audio.play().catch(() => {});
  }

  drop() {
    this.audio.removeEventListener("ended", this.onEnded);
    this.pieces = [];
    URL.revokeObjectURL(this.url);
  }
}

/** Begin what the element has just been given at a place; some iPhones forget it while they load. */
export function startAt(audio, seconds) {
  const given = audio.src;
  const go = () => {
    if (audio.src === given) audio.currentTime = seconds;
  };
  go();
  audio.addEventListener("loadedmetadata", () => audio.currentTime || go(), { once: true });
}
