"""What stands for the engine where datasets are tested: quick, and told what to find."""

import json

import numpy as np

from voices import engine

SAME, OTHER = [1.0] + [0.0] * 255, [0.0, 1.0] + [0.0] * 254
REPORT_PAGE = '<!doctype html><input id="english" checked><input id="russian"><p>report</p>'
QUIET = {"code": "too_quiet", "en": "too quiet", "ru": "слишком тихо"}


class StudioEngine:
    """Judges takes by their file names, prepares a clip of each source."""

    def __init__(self):
        self.reasons = []
        self.embedding = SAME
        self.readers = []
        self.prepared = []  # sources of each preparation
        self.edited = []
        self.seconds = 3.0
        self.at_stage = lambda done, total, stage: None

    def check_take(self, content, *, sentence, reader):
        self.readers.append(reader)
        figures = {"phoneme_error": 0.0, "level_db": -20.0, "snr_db": None, "similarity": 1.0}
        return engine.TakeCheck(
            reasons=self.reasons, figures=figures, embedding=self.embedding, seconds=self.seconds
        )

    def measure_recordings(self, source, told):
        assert source.stat().st_size > 0
        told(0, 1, "measuring")
        return engine.Measured(
            recordings=1, seconds=self.seconds, with_text=0, refused=0, reason=None
        )

    def dataset_prepare(self, sources, folder, *, settings, reader, told):
        self.prepared.append([(source.path.name, source.text) for source in sources])
        pieces, recordings = [], []
        for index, source in enumerate(sources):
            told(index, len(sources), "listening")
            self.at_stage(index, len(sources), "listening")
            name = f"{index + 1:04}"
            for place in (
                f"sources/{name}.flac",
                f"sources/{name}.json",
                f"clips/{name}-0001.flac",
            ):
                path = folder / place
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(source.path.read_bytes() + place.encode())
            recordings.append({"file": source.path.name, "seconds": 3.0})
            pieces.append(
                {"id": f"{name}-0001", "recording": index, "start_seconds": 0.0, "end_seconds": 3.0,
                 "kept": True, "reasons": [], "text": source.text}
            )  # fmt: skip
        self._write(folder, {"recordings": recordings, "pieces": pieces, "settings": settings})
        return self._figures(folder)

    def dataset_edit(self, folder, edits):
        if edits:
            self.edited.append(edits)
        report = json.loads((folder / "report.json").read_text("utf-8"))
        for edit in edits:
            piece = next(p for p in report["pieces"] if self._is_meant(edit, p, report))
            piece["kept"] = edit["action"] == "keep"
            clip = folder / "clips" / f"{piece['id']}.flac"
            clip.write_bytes(b"again") if piece["kept"] else clip.unlink(missing_ok=True)
        self._write(folder, report)
        return self._figures(folder)

    def _is_meant(self, edit, piece, report):
        if "clip" in edit:
            return piece["id"] == edit["clip"]
        return report["recordings"][piece["recording"]]["file"] == edit["source"]

    def _write(self, folder, report):
        (folder / "report.json").write_text(json.dumps(report), "utf-8")
        (folder / "report.html").write_text(REPORT_PAGE, "utf-8")
        (folder / "metadata.csv").write_text("", "utf-8")
        (folder / "left.partial").write_text("nobody's", "utf-8")

    def _figures(self, folder):
        report = json.loads((folder / "report.json").read_text("utf-8"))
        kept = [piece for piece in report["pieces"] if piece["kept"]]
        return {
            "recordings": len(report["recordings"]), "refused": 0, "clips": len(kept),
            "seconds_given": 3.0 * len(report["recordings"]), "seconds_kept": 3.0 * len(kept),
            "dropped_seconds": {}, "embedding": np.asarray(self.embedding).tolist(),
        }  # fmt: skip

    def put_into(self, monkeypatch):
        for name in ("check_take", "measure_recordings", "dataset_prepare", "dataset_edit"):
            monkeypatch.setattr(engine, name, getattr(self, name))
        return self
