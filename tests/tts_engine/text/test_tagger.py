"""The grammar of words in their sentence."""

import pytest
import torch

from tts_engine.text.readings import code_of
from tts_engine.text.tagger import BothWays, get_tagger


def grammar(sentence, word):
    words = sentence.split()
    row = get_tagger().probabilities(words)[words.index(word)]
    return code_of(get_tagger().tags[int(row.argmax())])


@pytest.mark.parametrize(
    ("sentence", "word", "code"),
    [
        ("Мы остались дома .", "дома", "D"),
        ("Граждане страны ждали .", "страны", "Nsg"),
        ("Все страны ждали .", "страны", "Npn"),
        ("Надо подать заявление .", "подать", "Y"),
        ("Она добыла руду .", "добыла", "Vf"),
        ("Книга была длинна .", "длинна", "Bf"),
        ("Спорили о грязи .", "грязи", "Nsl"),
        ("Он пришёл домой .", "пришёл", "Vm"),
    ],
)
def test_the_context_tells_the_grammar(sentence, word, code):
    assert grammar(sentence, word) == code


def test_probabilities_of_each_word_add_up_to_one():
    probabilities = get_tagger().probabilities(["Это", "йцукен", "—", "€", "google"])
    assert probabilities.shape == (5, len(get_tagger().tags))
    torch.testing.assert_close(probabilities.sum(1), torch.ones(5), atol=1e-3, rtol=0)


def test_the_backward_half_reads_the_words_from_their_end():
    torch.manual_seed(1)
    layer = BothWays(3)
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter[1] = parameter[0]  # both directions alike: one is the other's mirror
        words = torch.randn(5, 3)
        forth, back = layer(words).chunk(2, dim=-1)
        mirrored = layer(words.flip(0)).chunk(2, dim=-1)[0]
    torch.testing.assert_close(back, mirrored.flip(0))
    assert not torch.allclose(forth, back)
