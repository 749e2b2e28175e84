"""Who may call what: every route of the server stands here, or it is refused.

`<...>` of a path is compared without what is in it. The guard refuses to start over a route that is not in the table.
A HEAD is its GET.
"""

from collections.abc import Mapping
from typing import Final

from api_queue.web.access_rules import AccessTable
from api_queue.web.identity import Access
from api_queue.web.rate_limits import RateClass

ACCESS: Final[Mapping[tuple[str, str], Access]] = {
    # pages and what they are made of
    ("GET", "/"): "public",
    ("GET", "/login"): "public",
    ("GET", "/jobs"): "public",
    ("GET", "/static/<path>"): "public",
    ("GET", "/docs"): "public",
    ("GET", "/docs/openapi.json"): "public",
    ("GET", "/docs/errors"): "public",
    ("GET", "/queue/<name>/admin"): "public",
    ("GET", "/queue/<name>/display"): "public",
    ("GET", "/queue/<name>/player"): "public",
    ("GET", "/queue/<name>/join.svg"): "public",
    # the server
    ("GET", "/.well-known/api-queue"): "public",
    ("GET", "/health"): "public",
    ("GET", "/ready"): "public",
    ("GET", "/api/v1/health"): "public",
    # logging in: each of these looks at its credential itself
    ("POST", "/auth"): "public",
    ("GET", "/auth/me"): "open",
    ("GET", "/auth/verify"): "public",
    ("POST", "/auth/refresh"): "public",
    ("POST", "/auth/logout"): "public",
    ("POST", "/token"): "public",
    ("GET", "/me"): "open",
    ("POST", "/refresh-token"): "public",
    ("POST", "/revoke-token"): "public",
    ("POST", "/users/register"): "public",
    ("POST", "/users/password"): "public",
    ("POST", "/users/delete"): "public",
    # programs
    ("GET", "/api/v1/auth/me"): "key",
    ("GET", "/api/v1/auth/permissions/<queue>"): "key",
    # messages: the handlers ask for the right on their queue
    ("GET", "/api/v1/queues"): "key",
    ("POST", "/api/v1/queues/<queue>/messages"): "key",
    ("GET", "/api/v1/queues/<queue>/messages"): "key",
    ("DELETE", "/api/v1/queues/<queue>/messages"): "key",
    ("POST", "/api/v1/queues/<queue>/messages/batch"): "key",
    ("POST", "/api/v1/queues/<queue>/messages/receive"): "key",
    ("POST", "/api/v1/queues/<queue>/messages/check-existence"): "key",
    ("DELETE", "/api/v1/queues/<queue>/messages/<receipt_handle>"): "key",
    ("POST", "/api/v1/queues/<queue>/messages/<receipt_handle>/visibility"): "key",
    ("PUT", "/api/v1/queues/<queue>/messages/by-id/<message_id>"): "key",
    ("DELETE", "/api/v1/queues/<queue>/messages/by-id/<message_id>"): "key",
    ("GET", "/api/v1/queues/<queue>/message/<message_id>"): "key",
    ("GET", "/api/v1/queues/<queue>/info"): "key",
    ("GET", "/api/v1/queues/<queue>/health"): "key",
    ("GET", "/api/v1/queues/<queue>/dead-letters"): "key",
    ("POST", "/api/v1/queues/<queue>/redrive"): "key",
    # queues
    ("GET", "/queue"): "admin",
    ("POST", "/queue"): "guest",
    ("GET", "/queue/<name>"): "open",
    ("POST", "/queue/<name>"): "guest",
    ("PUT", "/queue/<name>"): "helper",
    ("DELETE", "/queue/<name>"): "host",
    ("GET", "/queue/<name>/settings"): "open",
    ("GET", "/queue/<name>/settings.json"): "open",
    ("PUT", "/queue/<name>/settings"): "host",
    ("PUT", "/queue/<name>/settings.json"): "host",
    ("POST", "/queue/<name>/settings"): "host",
    ("POST", "/queue/<name>/settings.json"): "host",
    ("GET", "/queue/<name>/tracks"): "open",
    ("GET", "/queue/<name>/tracks.json"): "open",
    # items: the service lets a guest change their own
    ("GET", "/queue/<name>/items"): "open",
    ("GET", "/queue/<name>/items.json"): "open",
    ("GET", "/queue/<name>/items.csv"): "open",
    ("GET", "/queue/<name>/queue.json"): "open",
    ("GET", "/queue/<name>/queue.csv"): "open",
    ("POST", "/queue/<name>/items"): "guest",
    ("POST", "/queue/<name>/items.json"): "guest",
    ("POST", "/queue/<name>/queue.json"): "guest",
    ("PUT", "/queue/<name>/queue.json"): "helper",
    ("PUT", "/queue/<name>/items/<item_id>"): "guest",
    ("PUT", "/queue/<name>/queue/<item_id>"): "guest",
    ("DELETE", "/queue/<name>/items/<item_id>"): "guest",
    ("DELETE", "/queue/<name>/queue/<item_id>"): "guest",
    ("POST", "/queue/enqueue"): "member",
    # playing: a helper may only skip, which the service checks
    ("POST", "/queue/<name>/command/<command>"): "helper",
    ("GET", "/queue/<name>/command/<command>"): "helper",
    ("GET", "/queue/<name>/history"): "open",
    ("GET", "/queue/<name>/history.json"): "open",
    ("GET", "/queue/<name>/history.csv"): "open",
    # the host's
    ("POST", "/queue/<name>/invite"): "host",
    ("GET", "/queue/<name>/tokens"): "host",
    ("DELETE", "/queue/<name>/tokens/<token_id>"): "host",
    ("POST", "/queue/<name>/guests/<guest_id>/mute"): "host",
    ("DELETE", "/queue/<name>/guests/<guest_id>/mute"): "host",
    ("POST", "/queue/<name>/end"): "host",
    # events
    ("GET", "/queue/<name>/events"): "open",
    ("GET", "/events"): "open",
    # sessions and the speaker
    ("GET", "/sessions/<name>"): "open",
    ("POST", "/sessions/<name>/play"): "host",
    ("POST", "/sessions/<name>/pause"): "host",
    ("POST", "/sessions/<name>/toggle"): "host",
    ("POST", "/sessions/<name>/stop"): "host",
    ("POST", "/sessions/<name>/seek"): "host",
    ("POST", "/sessions/<name>/next"): "host",
    ("POST", "/sessions/<name>/prev"): "host",
    ("POST", "/sessions/<name>/options"): "host",
    ("POST", "/sessions/<name>/speaker"): "host",
    ("POST", "/sessions/<name>/ended"): "speaker",
    ("POST", "/sessions/<name>/failed"): "speaker",
    ("POST", "/media/token"): "device",
    # devices: whoever may not register one asks the host to let it in
    ("POST", "/devices/register"): "open",
    ("POST", "/devices/claim"): "open",
    ("PATCH", "/devices/heartbeat"): "device",
    ("GET", "/devices"): "host",
    ("DELETE", "/devices/<device_id>"): "host",
    ("GET", "/queue/<name>/devices/requests"): "host",
    ("POST", "/queue/<name>/devices/requests/<code>"): "host",
    ("DELETE", "/queue/<name>/devices/requests/<code>"): "host",
    # tasks
    ("POST", "/api/queues/tasks"): "admin",
    ("POST", "/api/queues/tasks/clear"): "admin",
    ("GET", "/api/queues"): "admin",
    ("GET", "/api/queues/tasks"): "admin",
    ("GET", "/api/queues/ongoing"): "admin",
    ("GET", "/api/queues/worker"): "admin",
    ("GET", "/api/queues/stream"): "admin",
    ("GET", "/api/queues/<task_id>"): "admin",
    ("GET", "/api/queues/tasks/<task_id>"): "admin",
    ("POST", "/api/queues/<task_id>/cancel"): "admin",
    ("POST", "/api/queues/tasks/<task_id>/cancel"): "admin",
    ("POST", "/api/queues/<task_id>/retry"): "admin",
    ("POST", "/api/queues/tasks/<task_id>/retry"): "admin",
    ("GET", "/api/queues/<task_id>/items/<item_id>"): "admin",
    ("GET", "/api/queues/tasks/<task_id>/items/<item_id>"): "admin",
    ("GET", "/events/queues"): "admin",
    ("GET", "/ws/queues"): "admin",
    # the library; its page is anybody's, and the handler asks whether what it shows may be seen
    ("GET", "/library"): "open",
    ("POST", "/library/folders"): "admin",
    ("DELETE", "/library/folders"): "admin",
    ("POST", "/library/scan"): "admin",
    ("GET", "/exports/<file>"): "admin",
    # tracks and their bytes; an address of the music carries its own credential
    ("GET", "/tracks"): "open",
    ("GET", "/tracks/<track_id>"): "open",
    ("GET", "/likes"): "open",
    ("POST", "/tracks/<track_id>/like"): "guest",
    ("DELETE", "/tracks/<track_id>/like"): "guest",
    ("GET", "/tracks/<track_id>/cover"): "open",
    ("GET", "/tracks/<track_id>/lyrics"): "open",
    ("GET", "/tracks/<track_id>/waveform"): "open",
    ("GET", "/tracks/data/<file>"): "open",
    ("GET", "/media/tracks/<track_id>"): "public",
    ("GET", "/media/preview/<track_id>"): "public",
    # tracklists
    ("GET", "/api/v1/tracklists"): "open",
    ("POST", "/api/v1/tracklists/manual"): "author",
    ("GET", "/api/v1/tracklists/<tracklist_id>"): "open",
    ("GET", "/api/v1/tracklist/<tracklist_id>"): "open",
    ("PUT", "/api/v1/tracklists/<tracklist_id>"): "author",
    ("DELETE", "/api/v1/tracklists/<tracklist_id>"): "author",
}

#: Routes that take a token from a bucket on their way in. An add takes its own, in the queue's script.
LIMITED: Final[Mapping[tuple[str, str], RateClass]] = {
    ("POST", "/auth"): "login",
    ("POST", "/auth/refresh"): "renew",
    ("POST", "/auth/logout"): "renew",
    ("POST", "/token"): "login",
    ("POST", "/users/password"): "login",
    ("POST", "/users/delete"): "login",
    ("POST", "/refresh-token"): "renew",
    ("POST", "/revoke-token"): "renew",
    ("PUT", "/queue/<name>"): "add",
    ("PUT", "/queue/<name>/queue.json"): "add",
    ("PUT", "/queue/<name>/items/<item_id>"): "add",
    ("PUT", "/queue/<name>/queue/<item_id>"): "add",
    ("DELETE", "/queue/<name>/items/<item_id>"): "add",
    ("DELETE", "/queue/<name>/queue/<item_id>"): "add",
    ("POST", "/tracks/<track_id>/like"): "add",
    ("DELETE", "/tracks/<track_id>/like"): "add",
    ("POST", "/queue/enqueue"): "add",
    ("POST", "/queue/<name>/command/<command>"): "control",
    ("GET", "/queue/<name>/command/<command>"): "control",
    ("POST", "/sessions/<name>/play"): "control",
    ("POST", "/sessions/<name>/pause"): "control",
    ("POST", "/sessions/<name>/toggle"): "control",
    ("POST", "/sessions/<name>/stop"): "control",
    ("POST", "/sessions/<name>/seek"): "control",
    ("POST", "/sessions/<name>/next"): "control",
    ("POST", "/sessions/<name>/prev"): "control",
    ("POST", "/sessions/<name>/options"): "control",
    ("POST", "/sessions/<name>/speaker"): "control",
    ("POST", "/devices/register"): "mint",
    ("POST", "/queue/<name>/invite"): "mint",
    ("POST", "/media/token"): "mint",
}

#: GETs that change something, as the seed's curl lines do: refused from other sites, never kept by a cache.
WRITING_GETS: Final = frozenset({"/queue/<name>/command/<command>"})

#: The queue stands in the body or behind the `?`, so the guard asks only whether the caller has the role on some queue;
#: the service asks for that one.
QUEUE_IN_BODY: Final = frozenset(
    {"/devices", "/devices/<device_id>", "/devices/register", "/devices/heartbeat", "/media/token"}
)

#: A browser opens a WebSocket to any site that a page names, cookies and all: refused from other sites, as writes are.
SAME_SITE: Final = frozenset({"/ws/queues"})

TABLE: Final = AccessTable(ACCESS, LIMITED, WRITING_GETS, QUEUE_IN_BODY, SAME_SITE)
