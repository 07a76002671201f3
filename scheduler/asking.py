"""Where a source is asked and under which conditions, and what its answers teach of both. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from news.article import Listing
from news.source import Lease, Validators

_FORGIVEN = timedelta(days=30)
_UNSEEN = timedelta(hours=12)  # that "unchanged" is believed without seeing a body


def conditions(lease: Lease, now: datetime) -> Validators:
    """What a source is asked with: twice a day, and always where its validators lie, to be sent its list in any case.

    The hash of the last body stays: it is compared here, and takes nobody's word. Where articles are missed, the list
    itself is wanted, to know them by.
    """
    if lease.open_gap:
        return Validators()
    seen = lease.whole_at is not None and abs(now - lease.whole_at) < _UNSEEN
    return lease.validators if lease.lied_at is None and seen else Validators(body_hash=lease.validators.body_hash)


def doubted(lease: Lease, listing: Listing) -> Listing:
    """Give a list that brought something new, marked where its validators are those of an older one.

    A request with them is answered "unchanged", and nobody would ever see what is new.
    """
    if not _same(lease.validators, listing.validators):
        return listing
    if lease.lied_at is not None:
        return replace(listing, lied=True)
    lie = "its ETag or date stayed the same though the list changed: asked without conditions from now on"
    return replace(listing, lied=True, fetch=replace(listing.fetch, detail=joined(listing.fetch.detail, lie)))


def lie_seen(lease: Lease, listing: Listing, now: datetime) -> datetime | None:
    """Say when a source was last seen to lie; None: never, or a month ago.

    Who is not believed is always asked for the whole list, so that each further lie is seen: after a month without one
    the server was mended. That ends a request's worth of waste, and costs nothing if it is wrong but half a day once.
    """
    if listing.lied:
        return now
    forgiven = lease.lied_at is None or abs(now - lease.lied_at) >= _FORGIVEN
    return None if forgiven else lease.lied_at


def _same(saved: Validators, seen: Validators) -> bool:
    """Say whether a request with the saved ones may be answered 304; a server that has the ETag looks at no date."""
    if saved.etag:
        return _opaque(saved.etag) == _opaque(seen.etag)
    return bool(saved.last_modified) and saved.last_modified == seen.last_modified


def _opaque(etag: str) -> str:
    """Give what is compared of an ETag (RFC 9110 §13.1.2: weak ones match)."""
    return etag.removeprefix("W/")


def moved(lease: Lease, listing: Listing) -> tuple[str, int]:
    """Say where permanent redirects lead, and how many answers in a row agree on it."""
    if lease.address != lease.source.url and not listing.moved_to:
        return lease.moved_to, lease.moved_times
    if listing.moved_to and listing.moved_to == lease.moved_to:
        return lease.moved_to, lease.moved_times + 1
    return listing.moved_to, int(bool(listing.moved_to))


def joined(*words: str) -> str:
    """Join what is to be said of a fetch."""
    return "; ".join(filter(None, words))
