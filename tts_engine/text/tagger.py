"""The grammar of words in their sentence: дома is an adverb after `остались`, a plural before `стояли`.

A character and grammeme BiLSTM that knows the case, number, gender, tense and part of speech of 19 words in 20.

    letters (T, 32) ─ embeddings ─ two layers ─┐
    analyses of pymorphy3 (T, 56) ─ one layer ─┴─ projection ─ BiLSTM ─ BiLSTM ─ layer ─ tags (T, 253)

*Source:* D. Anastasyev, I. Gusev, E. Indenbom: "Improving part-of-speech tagging via multi-task learning and
character-level word representations", Dialogue 2018; weights of the package rnnmorph 0.4.1 (Apache-2.0).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import torch
from torch import Tensor, nn

from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.text.morphology import all_tags
from tts_engine.weights import weights_folder

LETTER_SIZE = 24
FEATURES_SIZE = 30
WORD_SIZE = 200
HIDDEN = 128
_NAMES = ("Name", "Patr", "Surn", "Geox", "Orgn")


@dataclass(frozen=True, kw_only=True)
class TaggerConfig:
    """What the weights were trained on.

    Attributes:
        letters: known characters; all others are one letter more.
        word_letters: letters looked at, counted from the end of the word.
        features: `Category=Value`, categories in a row; the input for one analysis is 1 for one of each.
        grammemes: of pymorphy3, each with the features that it means, `ADJS POS=ADJ Variant=Brev`.
        tags: the output, `POS#Category=Value|…`.
    """

    letters: str
    word_letters: int
    features: tuple[str, ...]
    grammemes: tuple[str, ...]
    tags: tuple[str, ...]


class BothWays(nn.Module):
    """An LSTM in both directions, with the piecewise linear gates of the Keras release."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.input = nn.Parameter(torch.empty(2, inputs, 4 * HIDDEN))
        self.hidden = nn.Parameter(torch.empty(2, HIDDEN, 4 * HIDDEN))
        self.bias = nn.Parameter(torch.empty(2, 1, 4 * HIDDEN))

    def forward(self, words: Tensor) -> Tensor:
        """(T, inputs) -> (T, 2 * HIDDEN)."""
        driven = torch.stack([words, words.flip(0)]) @ self.input + self.bias  # (2, T, 4H)
        state = cell = words.new_zeros(2, 1, HIDDEN)
        states = []
        for step in driven.split(1, dim=1):
            gates = torch.baddbmm(step, state, self.hidden)
            opened, kept, added, shown = gates.chunk(4, dim=-1)
            cell = _gate(kept) * cell + _gate(opened) * torch.tanh(added)
            state = _gate(shown) * torch.tanh(cell)
            states.append(state)
        forth, back = torch.cat(states, dim=1)
        return torch.cat([forth, back.flip(0)], dim=-1)


def _gate(values: Tensor) -> Tensor:
    return torch.clamp(0.2 * values + 0.5, 0, 1)


class TaggerNetwork(nn.Module):
    """Letters and analyses of the words of one sentence to the logits of their tags."""

    def __init__(self, config: TaggerConfig) -> None:
        super().__init__()
        self.letters = nn.Embedding(len(config.letters) + 1, LETTER_SIZE)
        self.spelling = nn.Sequential(
            nn.Linear(LETTER_SIZE * config.word_letters, 500), nn.ReLU(), nn.Linear(500, WORD_SIZE)
        )
        self.features = nn.Linear(len(config.features), FEATURES_SIZE)
        self.word = nn.Linear(FEATURES_SIZE + WORD_SIZE, WORD_SIZE)
        self.first = BothWays(WORD_SIZE)
        self.second = BothWays(2 * HIDDEN)
        self.output = nn.Sequential(
            nn.Linear(2 * HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, len(config.tags) + 1)
        )

    def forward(self, letters: Tensor, features: Tensor) -> Tensor:
        """(T, word_letters) and (T, features) -> (T, tags + 1); the first logit is of no tag."""
        spelled = self.spelling(self.letters(letters).flatten(1))
        known = torch.relu(self.features(features))
        words = torch.relu(self.word(torch.cat([known, spelled], dim=1)))
        return self.output(self.second(self.first(words)))


class Tagger:
    """Probabilities of the tags of every word of a sentence."""

    def __init__(self, config: TaggerConfig, network: TaggerNetwork) -> None:
        self._config = config
        self._network = network.eval()
        self._letters = {letter: index for index, letter in enumerate(config.letters)}
        self._columns = {feature: index for index, feature in enumerate(config.features)}
        self._meanings = {name: rest for name, *rest in map(str.split, config.grammemes)}
        self._rows: dict[str, Tensor] = {}  # by analysis, of which there are some hundreds
        self.tags = config.tags

    @classmethod
    def load(cls, folder: Path) -> "Tagger":
        """Read a checkpoint folder."""
        config, weights = load_checkpoint(folder, TaggerConfig)
        network = TaggerNetwork(config)
        load_into(network, weights, folder)
        return cls(config, network)

    @torch.inference_mode()
    def probabilities(self, words: Sequence[str]) -> Tensor:
        """Words and punctuation as written -> (T, tags)."""
        letters = torch.tensor([self._spelled(word) for word in words])
        features = torch.stack([self._analysed(word) for word in words])
        return self._network(letters, features).softmax(dim=-1)[:, 1:]

    def _spelled(self, word: str) -> list[int]:
        size = self._config.word_letters
        known = [self._letters.get(letter, len(self._letters)) for letter in word[-size:]]
        return [0] * (size - len(known)) + known

    def _analysed(self, word: str) -> Tensor:
        """Analyses of a word laid over each other, every category a distribution."""
        counts = torch.stack([self._one_analysis(tag) for tag in all_tags(word)]).sum(0)
        parts = [part / part.sum() for part in counts.split(self._category_sizes)]
        return torch.cat(parts)

    @cached_property
    def _category_sizes(self) -> list[int]:
        categories = [feature.partition("=")[0] for feature in self._config.features]
        return [categories.count(category) for category in dict.fromkeys(categories)]

    def _one_analysis(self, tag: str) -> Tensor:
        if tag in self._rows:
            return self._rows[tag]
        grammemes = tag.replace(" ", ",").split(",")
        grammemes.sort(key=lambda grammeme: grammeme in _NAMES)  # a name is no common noun
        found = {feature.partition("=")[0]: "Unknown" for feature in self._config.features}
        found["POS"] = "X"
        for grammeme in grammemes:
            for feature in self._meanings.get(grammeme, ()):
                category, _, value = feature.partition("=")
                found[category] = value
        row = torch.zeros(len(self._columns))
        row[[self._columns[f"{category}={value}"] for category, value in found.items()]] = 1
        return self._rows.setdefault(tag, row)


@lru_cache(maxsize=1)
def get_tagger() -> Tagger:
    """The tagger of this process."""
    return Tagger.load(weights_folder() / "tagger")
