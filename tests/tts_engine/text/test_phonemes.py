"""The norm of Moscow pronunciation as a table: each group is one rule, each line was checked by hand."""

import pytest

from tts_engine.text.phonemes import phrase_to_phonemes
from tts_engine.text.symbols import PHONEMES, phonemes_to_ipa

RULES = {
    "stressed vowels": """
        з+амок zˈamək | зам+ок zɐmˈok | лес lʲˈes | мир mʲˈir | дом dˈom | лук lˈuk | дым dˈɨm | мёд mʲˈot
        мяч mʲˈatɕ | люк lʲˈuk | +это ˈetə | ещё jɪɕːˈo | жить ʐˈɨtʲ | цирк tsˈɨrk | шёлк ʂˈolk
    """,
    "akanje": """
        вод+а vɐdˈa | молок+о məlɐkˈo | хорош+о xərɐʂˈo | г+ород gˈorət | город+а gərɐdˈa | окн+о ɐknˈo
        облак+а ɐblɐkˈa | арб+уз ɐrbˈus | аппар+ат ɐpɐrˈat | к+омната kˈomnətə | жар+а ʐɐrˈa | шаг+и ʂɐgʲˈi
        шокол+ад ʂəkɐlˈat | шофёр ʂɐfʲˈor | к+офе kˈofʲɪ
    """,
    "two open vowels together": """
        сообщ+ить sɐɐpɕːˈitʲ | наобор+от nɐɐbɐrˈot | вооруж+ить vɐɐrʊʐˈɨtʲ | поощр+ять pɐɐɕːrʲˈatʲ
    """,
    "ikanje": """
        весн+а vʲɪsnˈa | ряб+ина rʲɪbʲˈinə | яз+ык jɪzˈɨk | час+ы tɕɪsˈɨ | щад+ить ɕːɪdʲˈitʲ | этаж+и ɪtɐʐˈɨ
        п+амять pˈamʲɪtʲ | з+анят zˈanʲɪt | экр+ан ɪkrˈan | п+оезд pˈojɪst | Евр+опа jɪvrˈopə
    """,
    "after ж ш ц": """
        жен+а ʐᵻnˈa | цен+а tsᵻnˈa | шест+и ʂᵻsʲtʲˈi | б+ольше bˈolʲʂᵻ | с+олнце sˈontsᵻ | жал+еть ʐᵻlʲˈetʲ
        лошад+ей ləʂᵻdʲˈej | маш+ина mɐʂˈɨnə | ж+изни ʐˈɨzʲnʲɪ | двадцат+и dvətstsᵻtʲˈi
    """,
    "endings keep ə": """
        н+яня nʲˈanʲə | пол+я pɐlʲˈa | п+оля pˈolʲə | т+уча tˈutɕə | р+оща rˈoɕːə | т+учами tˈutɕəmʲɪ
        п+еснями pʲˈesʲnʲəmʲɪ | х+одят xˈodʲət | кр+асная krˈasnəjə | с+иняя sʲˈinʲɪjə | н+овое nˈovəjə
        с+инее sʲˈinʲɪjə | н+овые nˈovᵻjə | зд+ание zdˈanʲɪjə | сч+астье ɕːˈasʲtʲjə | быстр+ее bᵻstrʲˈejə
        по+я pɐjˈa | бо+ялся bɐjˈalsʲə
    """,
    "iotation": """
        +яблоко jˈabləkə | ёж jˈoʂ | юг jˈuk | ель jˈelʲ | семь+я sʲɪmʲjˈa | буль+он bʊlʲjˈon
        воробь+и vərɐbʲjˈi | съел sjˈel | объ+ём ɐbjˈom | подъ+езд pɐdjˈest | вь+юга vʲjˈugə | муз+ей mʊzʲˈej
        мо+и mɐˈi | май+ор mɐjˈor | фой+е fɐjˈe | паран+ойя pərɐnˈojə | Нью-Й+орк nʲjʊjˈork
    """,
    "final devoicing": """
        сад sˈat | глаз glˈas | нож nˈoʂ | друг drˈuk | зуб zˈup | люб+овь lʲʊbˈofʲ | дождь dˈoʂtʲ
        пруд prˈut | поезд+а pəjɪzdˈa | бог bˈox | с+ад-огор+од sˈatɐgɐrˈot
    """,
    "voicing assimilation": """
        л+одка lˈotkə | ск+азка skˈaskə | вт+орник ftˈornʲɪk | пр+осьба prˈozʲbə | футб+ол fʊdbˈol | отд+ать ɐddˈatʲ
        сд+елать zʲdʲˈelətʲ | вокз+ал vɐgzˈal | св+ет svʲˈet | отв+ет ɐtvʲˈet | л+ожка lˈoʂkə
        экз+амен ɪgzˈamʲɪn | афг+анский ɐvgˈanskʲɪj
    """,
    "softening": """
        г+ости gˈosʲtʲɪ | здесь zʲdʲˈesʲ | снег sʲnʲˈek | дни dʲnʲˈi | б+антик bˈanʲtʲɪk | ж+енщина ʐˈenʲɕːɪnə
        к+ончик kˈonʲtɕɪk | п+енсия pʲˈenʲsʲɪjə | ввел+и vʲvʲɪlʲˈi | сл+ева slʲˈevə | дверь dvʲˈerʲ | честь tɕˈesʲtʲ
    """,
    "sibilant clusters": """
        сч+ёт ɕːˈot | расч+ёт rɐɕːˈot | мужч+ина mʊɕːˈinə | изв+озчик ɪzvˈoɕːɪk | рассчит+ать rəɕːɪtˈatʲ
        сшить ʂʂˈɨtʲ | сжечь ʐʐˈetɕ | п+озже pˈoʐʐᵻ | л+учше lˈutʂᵻ | жёстче ʐˈoɕːɪ | ч+уждый tɕˈuʐdᵻj
    """,
    "т and д before с ц ч": """
        уч+иться ʊtɕˈitstsə | бо+ится bɐˈitstsə | д+етский dʲˈetskʲɪj | городск+ой gərɐtskˈoj | пятьс+от pʲɪtstsˈot
        отц+а ɐtstsˈa | лётчик lʲˈotɕtɕɪk | ср+едство srʲˈetstvə | отс+юда ɐtsʲˈudə | дв+адцать dvˈatstsətʲ
    """,
    "silent consonants": """
        ч+естный tɕˈesnᵻj | п+оздно pˈoznə | л+естница lʲˈesʲnʲɪtsə | с+ердце sʲˈertsᵻ | ч+увство tɕˈustvə
        здр+авствуйте zdrˈastvʊjtʲɪ | счастл+ивый ɕːɪslʲˈivᵻj | голл+андский gɐlˈanskʲɪj | н+равственный nrˈafstvʲɪnnᵻj
        франц+узский frɐntsˈuskʲɪj | тур+истский tʊrʲˈiskʲɪj | р+ентген rʲˈengʲɪn
    """,
    "words not said as written": """
        что ʂtˈo | чт+обы ʂtˈobᵻ | ничт+о nʲɪʂtˈo | н+ечто nʲˈetɕtə | кон+ечно kɐnʲˈeʂnə | ск+учный skˈuʂnᵻj
        я+ичница jɪˈiʂnʲɪtsə | нар+очно nɐrˈoʂnə | пом+ощник pɐmˈoʂnʲɪk | легк+о lʲɪxkˈo | м+ягкий mʲˈaxkʲɪj
        м+ягче mʲˈaxtɕɪ | пож+алуйста pɐʐˈalᵻstə | сег+одня sʲɪvˈodʲnʲə | вечн+о vʲɪtɕnˈo
    """,
    "-ого, -его": """
        ег+о jɪvˈo | н+ового nˈovəvə | с+инего sʲˈinʲɪvə | итог+о ɪtɐvˈo | чег+о tɕɪvˈo | уч+ащегося ʊtɕˈaɕːɪvəsʲə
        мн+ого mnˈogə | стр+ого strˈogə | д+орого dˈorəgə | мн+огого mnˈogəvə
    """,
    "hard consonants in borrowed words": """
        тест tˈest | т+есто tʲˈestə | интерн+ет ɪntᵻrnˈet | интер+ес ɪnʲtʲɪrʲˈes | м+енеджер mˈenᵻdʐᵻr | от+ель ɐtˈelʲ
        каф+е kɐfˈe | шосс+е ʂɐsˈe | темп tˈemp | т+ема tʲˈemə | про+ект prɐˈekt
        паци+ент pətsᵻˈent | кли+ент klʲɪˈent | компь+ютер kɐmpʲjˈutᵻr
    """,
    "double consonants": """
        в+анна vˈannə | дл+инный dlʲˈinnᵻj | к+асса kˈassə | Росс+ия rɐsʲˈijə | р+усский rˈuskʲɪj | гр+уппа grˈupə
        субб+ота sʊbˈotə | программ+а prəgrɐmˈa | поддерж+ать pədʲdʲɪrʐˈatʲ | сс+ора ssˈorə | рассв+ет rɐsvʲˈet
        беззаб+отный bʲɪzzɐbˈotnᵻj | класс klˈas | жужж+ать ʐʊʐʐˈatʲ
    """,
    "hyphens and several stresses": """
        кт+о-то ktˈotə | гд+е-нибудь gdʲˈenʲɪbʊtʲ | по-р+усски pɐrˈuskʲɪ | с+еверо-вост+ок sʲˈevʲɪrəvɐstˈok
        трёхэт+ажный trʲˈoxᵻtˈaʐnᵻj | кое-ког+о kəjɪkɐvˈo
    """,
}

PHRASES = {
    "prepositions take the voice of the next word": """
        в д+оме / v dˈomʲɪ
        в шк+афе / f ʂkˈafʲɪ
        к д+ому / g dˈomʊ
        с д+ачи / z dˈatɕɪ
        из п+арка / ɪs pˈarkə
        под окн+ом / pəd ɐknˈom
        от вдов+ы / ɐd vdɐvˈɨ
        из вт+орника / ɪs ftˈornʲɪkə
        перед д+омом / pʲɪrʲɪd dˈoməm
    """,
    "their vowels are reduced": """
        на стол+е / nə stɐlʲˈe
        на дом / nɐ dˈom
        за л+есом / zɐ lʲˈesəm
        не зн+аю / nʲɪ znˈajʊ
        до утр+а / də ʊtrˈa
        о войн+е / ɐ vɐjnʲˈe
        для теб+я / dlʲɪ tʲɪbʲˈa
        из-за л+еса / ɪzzɐ lʲˈesə
        и не на мен+я / ɪ nʲɪ nə mʲɪnʲˈa
    """,
    "a typed stress on a preposition stays": """
        п+о полю / pˈo pəlʲʊ
    """,
    "и after a hard consonant is ɨ": """
        с +Игорем / s ˈɨgərʲɪm
        в Ит+алию / v ᵻtˈalʲɪjʊ
        брат и сестр+а / brˈat ᵻ sʲɪstrˈa
        мать и сын / mˈatʲ ɪ sˈɨn
    """,
    "sibilants and dentals melt": """
        с чем / ɕː ˈem
        с жен+ой / ʐ ʐᵻnˈoj
        без ш+апки / bʲɪʂ ʂˈapkʲɪ
        от ч+ая / ɐtɕ tɕˈajə
        с ним / sʲ nʲˈim
        под д+еревом / pɐdʲ dʲˈerʲɪvəm
    """,
    "particles": """
        сад же / sˈad ʐᵻ
        сад ли / sˈat lʲɪ
        дуб бы / dˈub bᵻ
        я б / jˈa p
    """,
    "full words do not touch each other": """
        сад б+ольше / sˈat bˈolʲʂᵻ
        дом Ив+ана / dˈom ɪvˈanə
    """,
    "a clitic without a host is a word": """
        на / nˈa
        и / ˈi
        в / v
    """,
}


def _words():
    for rule, table in RULES.items():
        for line in table.strip().replace("\n", "|").split("|"):
            stressed, ipa = line.split()
            yield pytest.param(stressed, ipa, id=f"{rule}: {stressed}")


def _phrases():
    for rule, table in PHRASES.items():
        for line in table.strip().splitlines():
            words, ipa = (part.strip() for part in line.split("/"))
            yield pytest.param(words, ipa, id=f"{rule}: {words}")


def said_alone(word):
    [symbols] = phrase_to_phonemes([word])
    return symbols


@pytest.mark.parametrize(("stressed", "ipa"), list(_words()))
def test_word_is_said(stressed, ipa):
    assert phonemes_to_ipa(said_alone(stressed)) == ipa


@pytest.mark.parametrize(("words", "ipa"), list(_phrases()))
def test_phrase_is_said(words, ipa):
    said = phrase_to_phonemes(words.split())
    assert " ".join(map(phonemes_to_ipa, said)) == ipa


def test_capitals_change_nothing():
    assert said_alone("З+АМОК") == said_alone("з+амок")


def test_stress_moves_the_reduction():
    assert said_alone("з+амок") != said_alone("зам+ок")


@pytest.mark.parametrize("word", ["", "-", "ь", "xyz", "+", "5"])
def test_what_has_no_sound_gives_no_phonemes(word):
    assert said_alone(word) == ()


@pytest.mark.parametrize(
    "word", ["тсс", "гм", "ооо", "щщщ", "йййй", "ъъа", "ёёё", "цсчшщ", "ьеьеь"]
)
def test_odd_words_stay_in_the_inventory(word):
    assert set(said_alone(word)) <= set(PHONEMES)
