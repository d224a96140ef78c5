"""How Russian declines names, one table read both ways: a name -> its forms, a form -> the names it may be of.

A stemmer cuts endings off and so joins what has nothing in common; here a form leads to whole nominatives, and two
words meet when one nominative fits both. That keeps «Мечел» away from «мечеть» and still brings «Токаевым» to «Токаев».
The feminine and the plural of a surname lead to the masculine too: a family is one word to a reader.

Everything is folded and in lower case. Knows neither dictionary nor lexicon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["PARADIGMS", "Paradigm", "decline", "nominatives"]

_HARD = "[бвгдзклмнпрстфх]"
_HUSH = "[жшщчц]"
_VELAR = "[гкх]"
_VOWEL = "[аеиоуыэюя]"
_SOFT = "[бвдзлмнпрстф]"


@dataclass(frozen=True, slots=True)
class Paradigm:
    """Endings by number and gender, the nominative first in each; ``stem`` says which stems decline so.

    ``weight`` ranks a nominative found this way among those of other paradigms; ``strong`` ones mark a name even where
    the dictionary knows a common word of the same form. ``family`` joins the feminine to the masculine.
    """

    name: str
    stem: str
    masculine: str = ""
    feminine: str = ""
    plural: str = ""
    weight: float = 1.0
    strong: bool = False
    family: bool = False


# «_» is the bare stem. The order of endings: nominative, genitive, dative, accusative if its own, instrumental,
# prepositional. Plural endings lead to the masculine nominative, or to the feminine where there is no masculine.
PARADIGMS = (
    Paradigm(
        "Токаев, Путин, Жапарын, Ев; Саратовом, Дарвином take -ом",
        rf".*{_VOWEL}.*(?:[ое]в|[иы]н)|[а-я](?:ев|ин)|льв[ое]в|псков|[ое]в",
        masculine="_ а у ым ом е",
        feminine="а ой у ою",
        plural="ы ых ым ыми",
        weight=2.0,
        strong=True,
        family=True,
    ),
    Paradigm(
        "Зеленский, Жаботинский",
        rf".*{_VOWEL}.*[сц]к",
        masculine="ий ого ому им ом",
        feminine="ая ой ую ою",
        plural="ие их им ими",
        weight=2.0,
        family=True,
    ),
    Paradigm("Трубецкой", rf".*{_VOWEL}.*[сц]к", masculine="ой ого ому им ом", plural="ие их им ими", weight=0.3),
    Paradigm(
        "Белый",
        rf".*{_VOWEL}.*[бвдлмнрстп]",
        masculine="ый ого ому ым",
        feminine="ая ой ую ою",
        plural="ые ых ым ыми",
        weight=0.3,
        family=True,
    ),
    Paradigm(
        "Толстой",
        rf".*{_VOWEL}.*[бвдлнрстжш]",
        masculine="ой ого ому ым",
        feminine="ая ой ую",
        plural="ые ых ым ыми ие их им ими",
        weight=0.2,
        family=True,
    ),
    Paradigm("Кенжебаевич", r".*(?:[ое]в|ь|[кмн])ич", masculine="_ а у ем е", plural="и ей ам ами ах", weight=2.0),
    Paradigm("Кенжебаевна", r".*(?:[ое]в|ич|инич)н", feminine="а ы е у ой ою", plural="ы ам ами ах", weight=2.0),
    Paradigm("Байден", rf".*{_VOWEL}.*{_HARD}|[а-я]+{_HARD}", masculine="_ а у ом е", plural="ы ам ами ах", weight=1.0),
    Paradigm("Собчак", rf".*{_VELAR}", masculine="_ а у ом е", plural="и ам ами ах", weight=1.0),
    Paradigm("Буш, Шольц, Клич", rf".*{_HUSH}", masculine="_ а у ем ом е", plural="и ы ей ам ами ах", weight=1.0),
    Paradigm(
        "Гаврилец", rf".*{_VOWEL}.*[бвдзлмнпрст]ц", masculine="_ а у ем ом е", plural="ы ев ам ами ах", weight=0.4
    ),
    Paradigm("Меркель, Коваль", rf".*{_VOWEL}.*{_SOFT}", masculine="ь я ю ем е", plural="и ей ям ями ях", weight=0.6),
    Paradigm("Айгуль, Сызрань", rf".*{_VOWEL}.*{_SOFT}", feminine="ь и ью", plural="и ей ям ями ях", weight=0.6),
    Paradigm("Цой, Абай, Андрей", r".*[аеоуэыюя]", masculine="й я ю ем е", plural="и ям ями ях", weight=0.6),
    Paradigm("Юрий", r".+и", masculine="й я ю ем и", plural="и ям ями ях", weight=0.5),
    Paradigm("Обама", rf".*{_HARD}", feminine="а ы е у ой ою", plural="ы _ ам ами ах", weight=0.7),
    Paradigm("Коломойка", rf".*{_VELAR}", feminine="а и е у ой ою", plural="и _ ам ами ах", weight=0.7),
    Paradigm("Саша, Алёша", rf".*{_HUSH}", feminine="а и е у ей ой ею", plural="и _ ей ам ами ах", weight=0.7),
    Paradigm(
        "Женя, Гойя", rf".*(?:{_SOFT}|[аеоуйэю])", feminine="я и е ю ей ею", plural="и ь й ей ям ями ях", weight=0.5
    ),
    Paradigm("Мария", r".+и", feminine="я и ю ей ею", plural="и й ям ями ях", weight=0.8),
    Paradigm("Софья", r".+ь", feminine="я и е ю ей ею", plural="и ям ями ях", weight=0.8),
    Paradigm("Кемерово, Домодедово, Пушкино", r".+(?:[ое]в|[иы]н)", masculine="о ом е", weight=0.15),
)

_FLEETING = (
    # Гаврилец - Гаврильца, Кравец - Кравца: the vowel of the nominative is gone elsewhere.
    (re.compile(r"(.*[аеиоуыэюя].*)льц(а|у|ем|ом|е|ы|ев|ам|ами|ах)"), r"\1лец", 0.9),
    (re.compile(r"(.*[аеиоуыэюя].*[бвдзмнпрст])ц(а|у|ем|ом|е|ы|ев|ам|ами|ах)"), r"\1ец", 0.8),
    (re.compile(r"(.*[аеиоуыэюя].*)йц(а|у|ем|ом|е|ы|ев|ам|ами|ах)"), r"\1ец", 0.5),
    # Клочок - Клочка, Снежок - Снежка; Василёк - Василька.
    (re.compile(r"(.*[аеиоуыэюя].*[бвдзжлмнпрстч])к(а|у|ом|е|и|ов|ам|ами|ах)"), r"\1ок", 0.2),
    (re.compile(r"(.*[аеиоуыэюя].*[лнр])ьк(а|у|ом|е|и|ов|ам|ами|ах)"), r"\1ек", 0.4),
    # Павел - Павла, Лев - Льва.
    (re.compile(r"(.*[аеиоуыэюя].*[бвдзпт])л(а|у|ом|е|ы|ов|ам|ами|ах)"), r"\1ел", 0.1),
)

# How a form ends that one of them may take: one look spares six.
_FLED = re.compile(r"[цкл](?:а|у|ем|ом|е|ы|и|ев|ов|ам|ами|ах)\Z")

# «Ананидзе», «Саакашвили», «Шевченко», «Ахметулы», «Сериккызы» have one form.
_INDECLINABLE = ("дзе", "швили", "енко", "улы", "кызы", "қызы", "ұлы")
_WITH_VOWEL = re.compile(rf".*{_VOWEL}.*(?:{'|'.join(_INDECLINABLE)})")

# The weight of a nominative whose suffix speaks for itself.
_SURE = 1.8

# Bases that take -ов, -ев in the plural: foreign and Armenian ones. Of others («Кошанов») -ов is the surname's own, and
# «кошан» another word.
_PLURAL_BASE = re.compile(
    r".*(?:ян|янц|[ое]нк|сон|тон|ман|берг|штейн|дер|лер|нер|мер|тер|вер|гер|кер|зер|сер|хер|джер|кин[гс]|инг|унг|анг"
    r"|енг|[ае]йер|меер|айн|ейн|ауэр|ук|юк|чак|щак|рих|них|рер|[яеа]й[гкнлмд]|с|ид|аф|оф|эл|ц|й"
    r"|[бвгдзклмнпрстфх][бвгдзлмнпрстфх]|(?:фф|лли|нн|рр)[аеиоу].+|э[^э]*)"
)


# The capitalisations of a word come one after the other, and several rules ask for each.
@lru_cache(maxsize=256)
def nominatives(form: str, *, strong: bool = False, family: bool = True) -> Mapping[str, float]:
    """The nominatives that *form*, a name in lower case, may be of, each with a weight; likeliest first.

    *strong* asks for those alone that mark a surname by themselves (-ов, -ин); without *family* a feminine form does
    not lead to the masculine («Валентиной» is no Валентин). Linear in the number of endings.
    """
    found: dict[str, float] = {}
    if form.endswith(_INDECLINABLE) and _WITH_VOWEL.fullmatch(form):
        return {form: 2.0}
    for ending, readings in _endings(form):
        stem = form[: len(form) - len(ending)]
        for paradigm, pattern, nominative, weight, joined in readings:
            if (paradigm.strong or not strong) and (family or not joined) and pattern.fullmatch(stem):
                name = stem + nominative
                found[name] = max(found.get(name, 0.0), weight)
    if not strong:
        for name, weight in _fleeting(form):
            found[name] = max(found.get(name, 0.0), weight)
    for name in _plural_bases(form):
        found[name] = max(found.get(name, 0.0), 1.0)
    if form.endswith("ом") and form in found:
        # «Саласом» is Salas in the instrumental; few names end so («Вифлеем», «Беллингхем» are in -ем).
        found[form] *= 0.3
    best = max(found.values(), default=0.0)
    # A form that declines as a surname or a patronymic by its suffix is hardly anything else.
    least = 0.4 * best if best >= _SURE else 0.0
    return dict(sorted(((n, w) for n, w in found.items() if w >= least), key=lambda item: -item[1]))


def _endings(form: str) -> list[tuple[str, list[_Reading]]]:
    """The endings of the table that *form* has, in the table's order."""
    found = [form[len(form) - length :] for length in range(min(_LONGEST, len(form)) + 1)]
    own = sorted((_PLACES[ending], ending) for ending in found if ending in _PLACES)
    return [(ending, _ENDINGS[ending]) for _, ending in own]


def _fleeting(form: str) -> Iterator[tuple[str, float]]:
    if not _FLED.search(form):
        return
    for pattern, nominative, weight in _FLEETING:
        match = pattern.fullmatch(form)
        if match:
            yield match.expand(nominative), weight


def _plural_bases(form: str) -> Iterator[str]:
    base = form[:-2]
    if len(base) < 4:
        return
    if form.endswith("ов") and _PLURAL_BASE.fullmatch(base):
        yield base
    elif form.endswith("ев") and re.fullmatch(r".*(?:ц|[оу])", base):
        yield base if base.endswith("ц") else base + "й"


def decline(name: str, *, genders: str = "мж") -> dict[str, tuple[str, ...]]:
    """Every form of the surname, first name or place *name* with the nominatives it is of, all in lower case.

    *genders* of "м", "ж" and "0" says which declensions apply: a surname has both, «Айгуль» is "ж", «Сауле» "0". Only a
    surname has a plural in -ов: many Ospans are rare, and «Оспанов» is somebody else.
    """
    forms: dict[str, dict[str, None]] = {name: {name: None}}
    if "0" in genders:
        return {name: (name,)}
    for paradigm in PARADIGMS:
        for stem, nominative in _stems(paradigm, name, genders):
            for ending, lemma, *_ in _rows(paradigm):
                if lemma == nominative or paradigm.family:
                    forms.setdefault(stem + ending, {})[stem + lemma] = None
    if genders == "мж" and re.fullmatch(rf".*(?:{_HARD}|{_VELAR})", name) and not name.endswith(("ов", "ев", "ин")):
        forms.setdefault(name + "ов", {})[name] = None
    if genders == "мж" and re.fullmatch(r".*[оу]й", name):
        forms.setdefault(name[:-1] + "ев", {})[name] = None
    return {form: tuple(lemmas) for form, lemmas in forms.items()}


def _stems(paradigm: Paradigm, name: str, genders: str) -> Iterator[tuple[str, str]]:
    masculine, feminine = _first(paradigm.masculine), _first(paradigm.feminine)
    for nominative, gender in ((masculine, "м"), (feminine, "ж")):
        if nominative is None or not name.endswith(nominative):
            continue
        if not paradigm.family and gender not in genders:
            continue
        stem = name[: len(name) - len(nominative)]
        if re.fullmatch(paradigm.stem, stem):
            yield stem, nominative


def _first(endings: str) -> str | None:
    return endings.split()[0].replace("_", "") if endings else None


def _rows(paradigm: Paradigm) -> Iterator[tuple[str, str, float, bool]]:
    """(ending, ending of the nominative, weight, whether only the family joins the two) of a paradigm."""
    masculine, feminine = _first(paradigm.masculine), _first(paradigm.feminine)
    for i, ending in enumerate(paradigm.masculine.replace("_", "").split(" ") if paradigm.masculine else ()):
        yield ending, masculine or "", paradigm.weight * (1.2 if i == 0 else 1.0), False
    for i, ending in enumerate(paradigm.feminine.split()):
        yield ending, feminine or "", paradigm.weight * (0.95 if i else 0.9), False
        if paradigm.family and masculine is not None:
            yield ending, masculine, paradigm.weight * 0.5, True
    for ending in paradigm.plural.replace("_", "").split(" ") if paradigm.plural else ():
        for nominative in (masculine, feminine):
            if nominative is not None and (nominative is masculine or not paradigm.family):
                # A bare plural genitive («Обам») looks like a nominative and seldom is one.
                yield ending, nominative, paradigm.weight * (0.6 if ending not in ("", "ь", "й") else 0.1), False


_Reading = tuple[Paradigm, re.Pattern[str], str, float, bool]


def _table() -> dict[str, list[_Reading]]:
    found: dict[str, list[_Reading]] = {}
    for paradigm in PARADIGMS:
        pattern = re.compile(paradigm.stem)
        for ending, nominative, weight, joined in _rows(paradigm):
            found.setdefault(ending, []).append((paradigm, pattern, nominative, weight, joined))
    return found


_ENDINGS = _table()
_PLACES = {ending: place for place, ending in enumerate(_ENDINGS)}
_LONGEST = max(map(len, _ENDINGS))
