// What a waveform is drawn from: the loudest sample of each twentieth of a second.

const RATE = 8000; // Hz; enough for a picture, and half an hour stays small
export const PER_SECOND = 20;

/** Peaks and length of an encoded sound. */
export async function peaksOf(bytes) {
  const context = new OfflineAudioContext(1, 1, RATE);
  const sound = await context.decodeAudioData(bytes);
  const samples = sound.getChannelData(0);
  const step = RATE / PER_SECOND;
  const peaks = [];
  for (let from = 0; from < samples.length; from += step) {
    let loudest = 0;
    const to = Math.min(from + step, samples.length);
    for (let index = from; index < to; index += 1) loudest = Math.max(loudest, Math.abs(samples[index]));
    peaks.push(loudest);
  }
  return { peaks, seconds: sound.duration };
}
