// Recordings before they are sent: dropped, picked or spoken into the microphone.

import { acceptDrops, byId, iconButton, limits, make, say } from "./page.js";
import { startRecorder } from "./recorder.js";

const SOUND = /\.(mp3|wav|flac|ogg|oga|opus|m4a|mp4|aac|amr|3gp|webm)$/i;

/** Wire #drop, #files, #record and the list #recordings; `complain` gets a message, "" when all is well. */
export function startPicker({ complain, changed = () => {} }) {
  const list = byId("recordings");
  const drop = byId("drop");
  const input = byId("files");
  let files = [];
  let most = limits.recordings;

  function take(added) {
    complain("");
    for (const file of added) {
      const problem = problemOf(file);
      if (problem) complain(problem);
      else files = most === 1 ? [file] : [...files, file];
    }
    draw();
  }

  function problemOf(file) {
    const bytes = files.reduce((sum, one) => sum + one.size, file.size);
    if (!file.size) return say("emptyFile", { name: file.name });
    if (!SOUND.test(file.name) && !/^(audio|video)\//.test(file.type)) return say("notAudio", { name: file.name });
    if (most > 1 && files.length >= most) return say("tooMany", { count: most });
    if (bytes > limits.uploadBytes) return say("tooLarge", { megabytes: limits.uploadBytes / 2 ** 20 });
    return "";
  }

  function draw() {
    for (const audio of list.querySelectorAll("audio")) URL.revokeObjectURL(audio.src);
    list.replaceChildren(...files.map((file) => make("li", {},
      make("span", { class: "name", text: file.name, title: file.name }),
      iconButton("trash", say("removeRecording", { name: file.name }), () => {
        files = files.filter((other) => other !== file);
        draw();
        (list.querySelector("button") ?? byId("record")).focus();
      }),
      make("audio", { controls: true, preload: "metadata", src: URL.createObjectURL(file), "aria-label": file.name }),
    )));
    changed(files);
  }

  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  startRecorder({ take: (file) => take([file]), complain });
  acceptDrops(drop, take);

  addEventListener("beforeunload", (event) => files.length && event.preventDefault()); // a recording is work

  return {
    files: () => files,
    /** Forget what was picked; at most `count` from now on, a single one is replaced by the next. */
    clear(count = limits.recordings) {
      files = [];
      most = count;
      draw();
    },
  };
}
