"""GET, POST, DELETE /feeds: the caller's calendar addresses."""

from booking.api import bodies, schemas, times
from booking.api.calls import Answer, call
from booking.core.access import Actor
from booking.facilities.queries import catalogue
from booking.kernel import clock
from booking.kernel.errors import FieldError, Invalid, NotFound
from booking.members import actions
from booking.members.queries import feed_tokens
from booking.productions.queries import code_names
from booking.reservations import feed
from booking.wording import feeds as words

LARGEST_KEY = 2**31 - 1


@call(
    "GET",
    "/feeds",
    permission="feed:use",
    summary="The caller's calendar addresses, without their secrets",
    gives={200: schemas.FeedList},
)
def list_(actor: Actor) -> Answer:
    every, productions = catalogue(), code_names(actor)
    told = [
        schemas.Feed(
            id=facts.id,
            scope=words.asked_as(facts.scope, productions),
            name=words.name_of_text(facts.scope, every, productions),
            created_at=times.utc(int(facts.created_at.timestamp())),
            used_at=times.utc(int(facts.used_at.timestamp())) if facts.used_at else None,
            user_agent=facts.user_agent,
        )
        for facts in feed_tokens(actor)
    ]
    return Answer(schemas.FeedList(feeds=told))


@call(
    "POST",
    "/feeds",
    permission="feed:use",
    summary="Make a calendar address; it is shown this once",
    body=bodies.NewFeed,
    gives={201: schemas.NewFeedAddress},
    refuses=(400, 413, 415),
)
def create(actor: Actor, body: bodies.NewFeed) -> Answer:
    scope = feed.scope(actor, body.scope)
    if scope is None:
        raise Invalid(FieldError("scope", "unknown_scope"))
    feed_id, secret = actions.create_feed(actor, scope.text, clock.now())
    name = words.name(scope)
    links = words.links(words.address(secret, name), name)
    told = schemas.NewFeedAddress(id=feed_id, scope=scope.asked, name=name, **links)
    return Answer(told, 201)


@call(
    "DELETE",
    "/feeds/{id}",
    permission="feed:use",
    summary="End a calendar address",
    gives={204: None},
    refuses=(404,),
)
def delete(actor: Actor, id: str) -> Answer:
    if not (id.isascii() and id.isdecimal()) or len(id) > 10 or int(id) > LARGEST_KEY:
        raise NotFound
    actions.revoke_feed(actor, int(id), clock.now())
    return Answer(None, 204)
