"""Small kinds of writing that were read wrongly: each table names its rule."""

import pytest

from tests.tts_engine.text.tables import cases

RULES = {
    "a Russian letter names a shape": """
        На Т-образном перекрёстке = на т+э-+образном перекр+ёстке
        П-образная арка = п+э-+образная +арка
        Н-образная опора = +эн-+образная оп+ора
    """,
    "initialisms in small letters": """
        Код придёт в смс. = код придёт в эсэм+эс
        Приедет мчс. = приедет +эм ч+е +эс
        Хм, тсс, дети спят. = хм тсс дети спят
    """,
    "both parts of an amount": """
        До 92 рублей 40 копеек. = до девян+оста двух рубл+ей сорок+а коп+еек
        Доплатите 1 рубль 1 копейку. = доплат+ите од+ин рубль одн+у коп+ейку
        Без 2 часов 15 минут. = без двух час+ов пятн+адцати мин+ут
    """,
    "days in one case": """
        Сдайте к 20 и 25 июня. = сд+айте к двадц+атому и дв+адцать п+ятому и+юня
        Закрыто 1 и 2 января. = закр+ыто п+ервого и втор+ого январ+я
    """,
    "an abbreviation as the object": """
        Смотри рис. 2 и табл. 4. = смотр+и рис+унок два и табл+ицу чет+ыре
        Купил кв. 5. = куп+ил кварт+иру пять
        Прочитайте ст. 5. = прочит+айте стать+ю пять
    """,
    "only the participle declines": """
        У и. о. мэра совещание. = у исполн+яющего об+язанности м+эра совещ+ание
        Встреча с и. о. мэра. = встр+еча с исполн+яющим об+язанности м+эра
        И. о. мэра уехал. = исполн+яющий об+язанности м+эра у+ехал
    """,
    "more units": """
        Нагрузка не выше 5 кН/м². = нагр+узка не в+ыше пят+и килонь+ютонов на квадр+атный метр
    """,
    "words of chats": """
        Да, спс. = да спас+ибо
        Закрой дверь, пжл. = закр+ой дверь пож+алуйста
    """,
}


@pytest.mark.parametrize(("written", "said"), cases(RULES))
def test_a_kind_of_writing_is_read(say, written, said):
    assert say(written) == say(said)


def test_a_preposition_before_a_pause_ends_voiceless(frontend):
    def last(text):
        return frontend.sentences(text)[0].words[-1].phonemes

    assert last("С молоком или без?") == ("bʲ", "e", "s")
    words = frontend.sentences("Живу без Google дома.")[0].words
    assert words[1].phonemes[-1] == "z"
