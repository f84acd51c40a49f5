"""The tagger's weights under our names."""

import torch

from tts_engine.text.tagger import HIDDEN, LETTER_SIZE, WORD_SIZE, TaggerConfig, TaggerNetwork
from tts_engine.text.tagger_importing import _features, _grammeme_table, _meanings, _weights

SHAPES = {
    "chars_embeddings.embeddings": (4, LETTER_SIZE),
    "dense_1.kernel": (2, 30), "dense_1.bias": (30,),
    "dense_2.kernel": (2 * LETTER_SIZE, 500), "dense_2.bias": (500,),
    "dense_3.kernel": (500, WORD_SIZE), "dense_3.bias": (WORD_SIZE,),
    "dense_4.kernel": (230, WORD_SIZE), "dense_4.bias": (WORD_SIZE,),
    "time_distributed_2.kernel": (2 * HIDDEN, HIDDEN), "time_distributed_2.bias": (HIDDEN,),
    "time_distributed_4.gamma": (HIDDEN,), "time_distributed_4.beta": (HIDDEN,),
    "time_distributed_4.moving_mean": (HIDDEN,), "time_distributed_4.moving_variance": (HIDDEN,),
    "main_pred.kernel": (HIDDEN, 3), "main_pred.bias": (3,),
}  # fmt: skip
LSTMS = {"LSTM_1_forward": WORD_SIZE, "LSTM_1_backward": WORD_SIZE}
LSTMS |= {"forward_LSTM_0": 2 * HIDDEN, "backward_LSTM_0": 2 * HIDDEN}


def theirs():
    torch.manual_seed(1)
    tensors = {name: torch.rand(shape) for name, shape in SHAPES.items()}
    for name, inputs in LSTMS.items():
        tensors[f"{name}.kernel"] = torch.rand(inputs, 4 * HIDDEN)
        tensors[f"{name}.recurrent_kernel"] = torch.rand(HIDDEN, 4 * HIDDEN)
        tensors[f"{name}.bias"] = torch.rand(4 * HIDDEN)
    return tensors


def test_all_weights_find_their_place_and_the_normalisation_becomes_part_of_its_layer():
    weights = theirs()
    config = TaggerConfig(
        letters="абв", word_letters=2, features=("POS=NOUN", "POS=X"), grammemes=(), tags=("a", "b")
    )
    network = TaggerNetwork(config)
    network.load_state_dict(_weights(weights))
    words = torch.rand(3, 2 * HIDDEN)
    layer = words @ weights["time_distributed_2.kernel"] + weights["time_distributed_2.bias"]
    normal = (layer - weights["time_distributed_4.moving_mean"]) / torch.sqrt(
        weights["time_distributed_4.moving_variance"] + 1e-3
    )
    expected = normal * weights["time_distributed_4.gamma"] + weights["time_distributed_4.beta"]
    torch.testing.assert_close(network.output[0](words), expected, atol=1e-3, rtol=1e-3)


def test_grammemes_are_told_in_the_features_of_the_network():
    vectorizer = {
        "all_grammemes": {
            "py/object": "collections.defaultdict",
            "POS": {"py/set": ["PROPN", "NOUN"]},
            "Case": {"py/set": ["Unknown", "Gen"]},
        }
    }
    features = _features(vectorizer)
    assert features == ("Case=Gen", "Case=Unknown", "POS=NOUN", "POS=PROPN")
    table = _grammeme_table(
        "GRAM_MAP = {'_POS': {'NOUN': 'NOUN'}, 'Case': {'gent': 'Gen'}, 'Voice': {'actv': 'Act'}}"
    )
    meanings = _meanings(table, set(features))
    assert {"NOUN POS=NOUN", "gent Case=Gen", "Surn POS=PROPN"} <= set(meanings)
    assert not any(line.startswith("actv") for line in meanings)
