// One sound at a time: starting one stops the others.

let playing = null;

export function playAlone(audio) {
  if (playing && playing !== audio) playing.pause();
  playing = audio;
}

document.addEventListener("play", (event) => playAlone(event.target), true);
