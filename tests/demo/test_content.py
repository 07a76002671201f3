"""The articles of the demonstration are what the show says they are."""

from itertools import combinations

import pytest

from presswatch.demo.newsroom.content import Piece, outlets, pieces
from storage.likeness import Reading, compare, read
from topics.tokens import words

MAIN = "absheron-defence-industry-commission"


def copies(piece_id: str) -> list[Piece]:
    return [piece for piece in pieces() if piece.copy_of == piece_id]


def original(piece_id: str) -> Piece:
    return next(piece for piece in pieces() if piece.id == piece_id)


def test_sixty_articles_in_five_languages_stand_at_eight_outlets() -> None:
    assert len(pieces()) == 62
    assert {piece.lang for piece in pieces()} == {"en", "tr", "az", "ru", "de"}
    assert {piece.outlet for piece in pieces()} == {outlet.id for outlet in outlets()}
    assert len(outlets()) == 8


def test_ids_and_numbers_are_given_once() -> None:
    assert len({piece.id for piece in pieces()}) == len(pieces())
    assert len({piece.number for piece in pieces()}) == len(pieces())
    assert len({(piece.outlet, piece.title) for piece in pieces()}) == len(pieces())


def test_the_main_story_stands_at_four_outlets_and_later_at_a_fifth() -> None:
    first_round = {piece.outlet for piece in copies(MAIN) if piece.round == 1} | {original(MAIN).outlet}
    assert len(first_round) == 4
    assert [piece.outlet for piece in copies(MAIN) if piece.round == 2] == ["bogaz"]


def test_the_edited_copy_keeps_between_eighty_and_ninety_percent_of_the_words() -> None:
    edited = next(piece for piece in copies(MAIN) if piece.outlet == "meridian")
    kept = set(original(MAIN).words) & set(edited.words)
    gone = [word for word in original(MAIN).words if word not in kept]
    assert 0.10 <= len(gone) / len(original(MAIN).words) <= 0.20
    assert edited.title != original(MAIN).title


def test_the_cut_copy_is_the_first_third() -> None:
    cut = next(piece for piece in copies(MAIN) if piece.outlet == "alloy")
    assert cut.paragraphs == original(MAIN).paragraphs[: len(cut.paragraphs)]
    assert 0.28 <= len(cut.words) / len(original(MAIN).words) <= 0.38


@pytest.mark.parametrize(
    ("one", "other"),
    list(combinations([original(MAIN), *copies(MAIN)], 2)),
    ids=lambda piece: piece.outlet,
)
def test_any_two_copies_of_the_main_story_are_copies_so_that_their_order_does_not_matter(
    one: Piece, other: Piece
) -> None:
    assert compare(reading(one), reading(other)).copy


def reading(piece: Piece) -> Reading:
    text = " ".join(piece.paragraphs)
    return read(piece.outlet, words(f"{piece.title} {text}"), title=piece.title, text=text)


@pytest.mark.parametrize("piece", pieces(), ids=lambda piece: piece.id)
def test_articles_are_long_enough_to_be_told_from_the_furniture_of_a_page(piece: Piece) -> None:
    assert sum(len(paragraph) for paragraph in piece.paragraphs) >= 280
