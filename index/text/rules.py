"""How the lemmas of a form come about: an ordered, named list of rules.

Each rule looks at the word and at what the rules before it found, and adds, drops or re-ranks candidates; one that
settles the matter ends the list. tests/text/test_rules.py has an example for each, by its name.
Knows neither tokens nor texts: a form in, scored candidates out.
"""

from __future__ import annotations

import re

from index.text import dictionary, known
from index.text.fold import shape, twin
from index.text.lexicon import Lexicon
from index.text.paradigms import nominatives
from index.text.word import Rule, Scores, Word

__all__ = ["RULES", "score", "shouts"]

_CYRILLIC = re.compile("[а-я]+")
_MIXED = re.compile(r"(?=.*\d)[^\W_]+(?:-[^\W_]+)*")
# Letters of an abbreviation that no dictionary has.
_ABBREVIATED = 5


def score(form: str, lexicon: Lexicon) -> Scores:
    """The candidates for the lemma of the folded *form* with positive scores; never empty."""
    word = Word(form, form.lower(), shape(form), lexicon)
    scores: Scores = {}
    for rule in RULES:
        # Of the rules for grammemes most words need none, and a new word costs a hundred microseconds.
        if rule.needs and rule.needs.isdisjoint(word.tags):
            continue
        if rule.apply(word, scores):
            break
    scores = scores or {word.lower: 1.0}
    for lemma, value in list(scores.items()):
        for other in dict.fromkeys((lexicon.same.get(lemma, lemma), twin(lemma))):
            if other not in scores and other:
                scores[other] = 0.7 * value
    return scores


def shouts(lower: str) -> bool:
    """Whether capitals may make another word of *lower* than one capital does: only where an abbreviation may be meant.

    ``_fixed``, ``_short`` and ``_abbreviation`` alone ask for more than ``Word.is_capitalised``.
    """
    if len(lower) <= _ABBREVIATED or lower.upper().lower() != lower:  # «ß» has no capital
        return True
    plain = twin(lower)
    return _CYRILLIC.fullmatch(plain) is not None and any("Abbr" in own.tags for own in dictionary.readings(plain))


# Russian words of one and two letters are a closed list; any other is an abbreviation, a letter or a piece of a name.
_SHORT = frozenset(
    re.findall(
        r"\w+",
        "а б бы в во вы да де до ее ей ем ел еж за и из им их к ко ка ли ль мы на не ни но ну о об он от по се со с то"
        " ты те ту у уж ус ум уд ух эх ах ох ой ай эй я яд як яр юг ад аж ил иж их ом до ре ми си тя мя ем ею ша це це"
        " ша щи сю та ар ас ищ ешь".replace("ё", "е"),
    )
)


def _fixed(word: Word, scores: Scores) -> bool:
    """Лемма «тенге» is «тенге» because the lexicon says so."""
    for rank, lemma in enumerate(word.lexicon.lemmas.get(word.lower, ())):
        if word.shape != "upper" or len(word.lower) > 2:
            scores[lemma] = 0.6**rank
    return bool(scores)


def _other_script(word: Word, scores: Scores) -> bool:
    """Anything but plain Cyrillic letters: numbers, Latin, mixtures; hyphens are the business of ``_compound``."""
    if "-" in word.lower and not any(char.isdigit() for char in word.lower):
        return False
    if _CYRILLIC.fullmatch(twin(word.lower).replace("і", "и")):
        return False
    scores[word.lower] = 1.0
    for other, value in _spellings(word.lower):
        scores.setdefault(other, value)
    return True


_ORDINALS = {
    1: "первый", 2: "второй", 3: "третий", 4: "четвертый", 5: "пятый", 6: "шестой", 7: "седьмой", 8: "восьмой",
    9: "девятый", 10: "десятый", 11: "одиннадцатый", 12: "двенадцатый", 13: "тринадцатый", 14: "четырнадцатый",
    15: "пятнадцатый", 16: "шестнадцатый", 17: "семнадцатый", 18: "восемнадцатый", 19: "девятнадцатый",
    20: "двадцатый", 30: "тридцатый", 40: "сороковой", 50: "пятидесятый", 60: "шестидесятый", 70: "семидесятый",
    80: "восьмидесятый", 90: "девяностый", 100: "сотый", 1000: "тысячный",
}  # fmt: skip


def _spellings(word: str) -> list[tuple[str, float]]:
    """Other ways to write a number or a mixture: «3.5» = «3,5», «1,200,000» = «1200000», «ил-76» = «ил76»."""
    found: list[tuple[str, float]] = []
    if re.fullmatch(r"\d+\.\d+", word):
        found.append((word.replace(".", ","), 0.9))
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", word):
        found.append((re.sub(r"\D", "", word), 0.8))
    tail = re.fullmatch(r"(\d+-)([а-я]{4,})", word)
    if tail:
        found += [(tail[1] + lemma, 1.2 - 0.1 * i) for i, lemma in enumerate(_tail_lemmas(tail[2]))]
    ordinal = re.fullmatch(r"(\d{1,4})-?(?:[оые]?[йея]|[иоы]?[мх]|[оы]?го|[оы]?му|ю|ми|ыми)", word)
    if ordinal and "-" in word:
        found.append((f"{ordinal[1]}-й", 1.05))
    if ordinal and int(ordinal[1]) in _ORDINALS:
        found.append((_ORDINALS[int(ordinal[1])], 1.1))
    if _MIXED.fullmatch(word) and "-" in word and not re.fullmatch(r"[\d-]+", word):
        found.append((word.replace("-", ""), 0.8))
    latin = re.fullmatch(r"([a-z0-9]+)'[а-я]{1,3}", word)
    if latin:
        found.append((latin[1], 1.1))
    return found


def _tail_lemmas(tail: str) -> list[str]:
    """«28-летняя», «15-миллионного», «20-летием»: the tail declines."""
    return list(dict.fromkeys(reading.lemma for reading in dictionary.readings(tail)))[:2]


def _compound(word: Word, scores: Scores) -> bool:
    """«генерал-майора» declines its last part, «города-героя» both, «Ростова-на-Дону» its first."""
    if "-" not in word.lower.strip("-"):
        return False
    if _CYRILLIC.fullmatch(word.lower.replace("-", "")) and dictionary.knows(word.lower):
        for reading in dictionary.readings(word.lower):
            scores[reading.lemma] = scores.get(reading.lemma, 0.0) + reading.score
    for rank, lemma in enumerate(word.lexicon.names.get(word.lower, ())):
        scores[lemma] = 3.0 - 0.1 * rank
    first, *middle, last = word.lower.split("-")
    wraps = str.capitalize if word.is_capitalised else str
    heads, tails = _best(wraps(first), word.lexicon), _best(wraps(last), word.lexicon)
    if middle and middle[-1] in ("на", "под", "над", "ле", "де", "о", "эль", "аль"):
        tails = {last: 1.0}
    else:
        heads.setdefault(first, 0.3 * max(heads.values()))
    for head, a in heads.items():
        for tail, b in tails.items():
            lemma = "-".join((head, *middle, tail))
            if word.is_capitalised and (head[-1:] in "ая") != (tail[-1:] in "ая"):
                b *= 0.5  # a double name has one gender: «Петрова-Водкина», «Петров-Водкин»
            scores[lemma] = max(scores.get(lemma, 0.0), 0.5 * a * b)
    return True


def _best(form: str, lexicon: Lexicon) -> Scores:
    found = sorted(score(form, lexicon).items(), key=lambda item: -item[1])[:3]
    return dict(found)


def _short(word: Word, scores: Scores) -> bool:
    """«см» is no «смотреть», «ев» no «есть»; «ИИ», «РАН» and «МОК» are themselves, «ДОМ» in a headline is a house."""
    size = len(word.lower)
    if size <= 2 and word.shape != "upper" and word.lower in _SHORT:
        return False
    if size > 3 or (size == 3 and word.shape != "upper"):
        return False
    own = [reading for reading in dictionary.readings(word.lower) if reading.lemma == word.lower]
    if size == 3 and own and not any({"Abbr", "UNKN"} & reading.tags for reading in own):
        return False
    scores[word.lower] = 1.0
    if word.shape == "title" and dictionary.knows(word.lower) and not own:
        # «Ию», «Яр»: first names and places have two letters too.
        for reading in dictionary.readings(word.lower):
            if reading.is_name and "sing" in reading.tags and "voct" not in reading.tags:
                scores[reading.lemma] = 0.5
    return True


def _abbreviation(word: Word, scores: Scores) -> bool:
    """«ОПЕК», «ГОСТ» in capitals are themselves, and only then a word in a headline."""
    if word.shape != "upper":
        return False
    if any("Abbr" in reading.tags for reading in word.readings) or (not word.known and len(word.lower) <= _ABBREVIATED):
        scores.clear()
        scores[word.lower] = 1.0
        return True
    return False


def _listed_name(word: Word, scores: Scores) -> None:
    """A name of the lexicon, in all its forms; where a common word has the form too, only with a capital."""
    listed = word.lexicon.names.get(word.lower)
    if listed and (word.is_capitalised or not word.known):
        for rank, lemma in enumerate(listed):
            scores[lemma] = max(scores.get(lemma, 0.0), (1.5 if word.known else 3.0) - 0.1 * rank)
        if not word.known:
            word.readings = []


# «Как», «Мы», «Об» at the start of a sentence are nobody's names.
_FUNCTION = frozenset({"PREP", "CONJ", "PRCL", "INTJ", "NPRO", "NUMR", "Apro"})


def _name(word: Word, scores: Scores) -> None:
    """Surnames by their suffix, and every name that the dictionary does not know, by the table of paradigms.

    The dictionary knows «Лайна», a river, and not Lyne's genitive: where it has nothing but names, or no noun at all,
    the table is asked too. Where it has a common noun («Столов»), only for suffixes that surnames alone have.
    """
    if not word.known:
        _unknown_name(word, scores)
        return
    if not word.is_capitalised or any(_FUNCTION & reading.tags for reading in word.readings):
        return
    named = any(reading.is_name for reading in word.readings)
    common = any("NOUN" in reading.tags and not reading.is_name for reading in word.readings)
    given = any("Name" in reading.tags for reading in word.readings)
    surname = any("Surn" in reading.tags for reading in word.readings)
    # «Валентиной» is no Валентин; but «Евой» may be a Mrs Ev, the only surname as short as the first name.
    family = surname or not given or word.lower.startswith("ев")
    found = nominatives(word.lower, strong=common or surname, family=family)
    if not common and not named:
        found = {word.lower: 1.0, **found}
    for lemma, weight in found.items():
        if _may_be_name(lemma, word):
            scores.setdefault(lemma, (0.2 if named else 0.01) * weight)
    for lemma in [lemma for lemma in scores if lemma.endswith(("ской", "цкой"))]:
        # «луговского» is of «луговской», and of Lugovsky.
        scores.setdefault(lemma[:-2] + "ий", 0.01)


def _unknown_name(word: Word, scores: Scores) -> None:
    listed = word.lower in word.lexicon.names
    found = {
        lemma: weight
        for lemma, weight in nominatives(word.lower, strong=not word.is_capitalised or listed).items()
        if _may_be_name(lemma, word)
    }
    if word.is_capitalised and not listed and word.lower[-1] in "аеиоуыэюя":
        # Foreign names in -и, -е, -о do not decline as a rule; in -у and -ю an oblique case is likelier.
        found.setdefault(word.lower, 1.3 if word.lower[-1] in "иеоэ" and not word.lower.endswith("ии") else 0.5)
    for lemma, weight in found.items():
        scores[lemma] = max(scores.get(lemma, 0.0), weight if word.is_capitalised else 0.15 * weight)


def _may_be_name(lemma: str, word: Word) -> bool:
    """Common words are no names («мечеть»), but «Царев» and «Мамин» are both: an adjective and a surname."""
    if len(lemma) < 3 and lemma not in ("ев", "ов"):
        return False
    if (
        lemma + "ов" == word.lower
        and dictionary.knows(lemma)
        and any("Name" in reading.tags for reading in dictionary.readings(lemma))
    ):
        return False  # «Борисов» is not many Borises
    return lemma.endswith(("ов", "ев", "ин", "ын")) or not dictionary.is_common(lemma)


def _guess(word: Word, scores: Scores) -> None:
    """What the ends of unknown words say by statistics; never a lemma of a word that is known («Мечел», «мечеть»)."""
    if word.known or word.lower in word.lexicon.names:
        return
    if max(scores.values(), default=0.0) >= 1.5:
        return
    guessed: Scores = {}
    for reading in word.readings:
        # The table of paradigms has found the nouns already, but for neuters.
        noun = word.is_capitalised and "NOUN" in reading.tags and "neut" not in reading.tags
        if not noun and not dictionary.is_common(reading.lemma):
            guessed[reading.lemma] = guessed.get(reading.lemma, 0.0) + reading.score
    most = 1 if word.is_capitalised else 3
    for lemma, value in sorted(guessed.items(), key=lambda item: -item[1])[:most]:
        if value >= _BELIEF:
            scores[lemma] = max(scores.get(lemma, 0.0), 0.3 * value if word.is_capitalised else value)


# Of the guesses by the ends of words, the weaker ones only blur the set: a choice, not measured.
_BELIEF = 0.15


RULES = (
    Rule("fixed", "the lexicon has the last word", _fixed),
    Rule("other script", "numbers and Latin words have no Russian forms", _other_script),
    Rule("compound", "the parts of a compound decline in one of three ways", _compound),
    Rule("short", "one- and two-letter words are a closed list", _short),
    Rule("dictionary", "every reading that news may mean", known.read),
    *known.RULES,
    Rule("abbreviation", "capitals make an abbreviation of a word", _abbreviation),
    Rule("listed name", "a name of the lexicon in all its forms", _listed_name),
    Rule("name", "unknown names and surnames decline by a table", _name),
    Rule("guess", "new words, bounded", _guess),
)
