"""What an operator can set: each key once, with its type, default, unit and sentence.

`[media] offload = "nginx"` in a TOML file, `API_QUEUE_MEDIA_OFFLOAD=nginx` in the environment and the field
`media_offload` are one key. `settings_sources.py` reads them in order: defaults, files, `.env`, environment.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

Port = Annotated[int, Meta(ge=0, le=65535)]
Count = Annotated[int, Meta(ge=1)]
Times = Annotated[int, Meta(ge=0, le=10)]
Seconds = Annotated[float, Meta(gt=0)]
Minutes = Annotated[float, Meta(gt=0)]
Hours = Annotated[float, Meta(gt=0)]
Days = Annotated[float, Meta(gt=0)]


def _key(default: Any, sentence: str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"sentence": sentence, "secret": secret})


@dataclass(frozen=True, kw_only=True)
class Settings:
    host: str = _key("0.0.0.0", "Address to listen on; 127.0.0.1 keeps the party to this machine.")  # noqa: S104
    port: Port = _key(8000, "Port of the pages and the API; 0 takes any free one.")
    workers: Count = _key(2, "Web worker processes.")
    public_url: str = _key("", "Address that QR codes and links use; empty takes this machine's on its network.")
    data: Path = _key(Path("data"), "Folder of everything that lasts: Redis log, SQLite, keys, track data files.")
    disk_kept_free_mb: Count = _key(32, "Megabytes of its disk that guests leave free, so that the music can go on.")
    profile: Literal["normal", "demo"] = _key("normal", "`demo` knows the tokens test and admin, on loopback only.")
    log_level: Literal["debug", "info", "warning", "error"] = _key("info", "Least severe log line that is written.")
    log_requests: Literal["auto", "on", "off"] = _key(
        "auto", "Whether each request is a line of the log, at `info`; `auto` is on but where the log is a terminal."
    )
    mdns: Literal["off", "on"] = _key("off", "Whether speakers on the same network find this server by mDNS.")
    mdns_interfaces: tuple[str, ...] = _key((), "Addresses of ours that mDNS announces from; empty takes all.")
    trusted_proxies: tuple[str, ...] = _key((), "Addresses or networks whose X-Forwarded-For is believed.")
    cors_origins: tuple[str, ...] = _key((), "Other sites whose scripts may call this server; never with cookies.")

    library_roots: tuple[Path, ...] = _key((Path("/mnt/Music"),), "Folders of FLAC files; all missing: the demo music.")
    library_watch: Literal["on", "off"] = _key("on", "Whether what changes in the folders is scanned a moment later.")
    library_scan_processes: Count = _key(2, "Processes that read tags during a scan.")

    redis_url: str = _key(
        "", "Address of your own Redis: one server, one beside Sentinel, a Cluster; empty embeds one.", secret=True
    )
    redis_wait_replicas: Times = _key(
        0, "Replicas of your own Redis that have a change before it is answered; 0 risks the last one at a failover."
    )
    redis_appendfsync: Literal["always", "everysec"] = _key(
        "always", "When the embedded Redis writes to disk; everysec risks the last second at a power cut."
    )
    sql_url: str = _key("", "`postgresql://user:password@host/name`; empty is SQLite in the data folder.", secret=True)

    mqtt_url: str = _key("", "mqtt:// or mqtts:// of your own broker; empty embeds one.", secret=True)
    mqtt_embedded: Literal["auto", "mosquitto", "announcer"] = _key(
        "auto", "Which embedded broker: Mosquitto from PATH, our announcer, or the first of the two that is there."
    )
    mqtt_port: Port = _key(1883, "MQTT port of the embedded broker; 0 takes any free one.")
    mqtt_ws_port: Port = _key(9001, "MQTT over websocket port of the embedded broker; 0 takes any free one.")
    mqtt_prefix: str = _key("api_queue", "First part of every topic.")
    mqtt_public_url: str = _key("", "Websocket address of your own broker, as browsers reach it.")
    mqtt_discovery: Literal["off", "sensors", "buttons"] = _key(
        "off", "Whether Home Assistant finds the queues by MQTT, and whether it may press play, stop, skip and close."
    )
    mqtt_discovery_queues: tuple[str, ...] = _key((), "Queues that it finds; empty takes all that last.")
    mqtt_discovery_prefix: str = _key("homeassistant", "Where Home Assistant looks for them.")
    mqtt_discovery_password: str = _key(
        "", "Password of `home_assistant` at the embedded broker; needed for buttons.", secret=True
    )
    mqtt_republish_s: Seconds = _key(300.0, "Seconds after which all retained state is published again.")

    queues_guest: Literal["off", "demo", "on"] = _key("on", "Which queues guests may make: none, demo, transient too.")
    queues_guest_per_hour: Count = _key(3, "Queues that guests of one address may make in an hour.")
    queues_start: str = _key("party", "Queue that `serve` makes when there is none; empty makes none.")

    events_kept: Count = _key(1000, "Events of each queue that a returning screen can catch up on.")
    events_kept_hours: Count = _key(24, "Hours after which events are dropped from the catch-up, however few they are.")
    sse_heartbeat_s: Seconds = _key(10.0, "Seconds between the comments that keep an event stream open.")
    sse_buffer: Count = _key(50, "Events that wait for a slow screen before it is reset to a snapshot.")

    load_requests: Count = _key(
        500, "Requests that one worker has in hand; further ones are told to come again. Hosts have an eighth beside."
    )
    load_connections_per_address: Count = _key(
        4000, "Connections of one address to one worker, and event streams through a proxy; a party may share it."
    )

    media_offload: Literal["", "nginx"] = _key("", "`nginx` answers X-Accel-Redirect and lets nginx send the bytes.")
    media_token_ttl_s: Count = _key(120, "Seconds for which an address of the music lives without a heartbeat.")
    media_write_timeout_s: Seconds = _key(30.0, "Seconds without progress after which a listener is dropped.")

    jobs_visibility_s: Count = _key(30, "Seconds after its last sign of life at which a worker's items are another's.")

    speaker_lease_s: Seconds = _key(15.0, "Seconds after the last heartbeat at which a speaker's turn ends.")

    messages_storage: Literal["redis", "sqlite", "json"] = _key(
        "redis", "Where the messages of programs are kept: Redis, one SQLite file, or a JSON file for each queue."
    )
    messages_sqlite_file: str = _key("", "File of messages in SQLite; empty is messages.sqlite in the data folder.")
    messages_json_folder: str = _key("", "Folder of messages in JSON; empty is messages in the data folder.")
    messages_max_bytes: Count = _key(262_144, "Bytes of one message; a larger one is refused.")
    messages_visibility_s: Count = _key(
        30, "Seconds for which a received message is hidden, where its receiver does not say."
    )
    messages_receive_max: Count = _key(10, "Receives after which a message is a dead letter.")
    messages_queues_max: Count = _key(10_000, "Queues of messages that programs may make.")

    tracklists_base_url: str = _key("https://www.1001tracklists.com", "The one site that tracklists are fetched from.")
    tracklists_contact: str = _key("", "Address or page that the site finds in each request; empty: public_url.")
    tracklists_delay_s: Seconds = _key(2.0, "Seconds between two requests to the site; its own crawl delay if longer.")
    tracklists_timeout_s: Seconds = _key(30.0, "Seconds after which a request to the site is given up.")
    tracklists_retries: Times = _key(3, "How often a request is sent again after a fault that may pass.")
    tracklists_retry_s: Seconds = _key(1.0, "Seconds before the first of these, and twice as many before each further.")
    tracklists_robots: Literal["on", "off"] = _key("on", "Whether the site's robots.txt is obeyed.")
    tracklists_breaker_failures: Count = _key(
        5, "Failures in a row after which the site is left alone; a block is one."
    )
    tracklists_breaker_s: Seconds = _key(300.0, "Seconds for which it is then, and twice as many each further time.")
    tracklists_cache: Literal["on", "off"] = _key("on", "Whether what the site answered is kept.")
    tracklists_search_hours: Hours = _key(24.0, "Hours for which the results of a search are kept.")
    tracklists_failed_minutes: Minutes = _key(30.0, "Minutes for which a search that failed is not tried again.")
    tracklists_page_days: Days = _key(7.0, "Days for which a page is kept.")

    karakara_enabled: bool = _key(True, "Whether KaraKara's phone client and player find their addresses here.")
    karakara_password: Literal["random", "name"] = _key(
        "random", "Password of the host of a room: one that its host is shown, or the room's name, which all know."
    )
    karakara_clients: str = _key("", "Folder with browser3 and player3, as they are built; empty serves none.")

    rate_adds_per_minute: Count = _key(30, "Adds and changes of one guest in a minute.")
    rate_address_per_minute: Count = _key(600, "Adds and changes from one address in a minute: a party may share it.")
    rate_logins_per_minute: Count = _key(10, "Logins from one address in a minute; wrong join codes of it or a guest.")
    rate_control_per_minute: Count = _key(240, "Play, stop, seek and the like of one caller in a minute.")
    rate_mints_per_minute: Count = _key(60, "Music addresses minted by one caller in a minute.")
    rate_pairings_per_10_minutes: Count = _key(5, "Devices of one address that may ask a host to let them in.")
    rate_signed_in_factor: Count = _key(4, "How many times the limits above a signed-in caller has.")

    api_keys_file: str = _key("", "File of programs' API keys; empty takes config/api_keys.json if there is one.")
    api_keys_json: str = _key("", "The same in place of a file, or beside it.", secret=True)

    accounts_signup: Literal["on", "off"] = _key("on", "Whether guests may make accounts, and so become members.")
    accounts_per_hour: Count = _key(3, "Accounts that guests of one address may make in an hour.")

    jwt_access_minutes: Count = _key(15, "Minutes for which an access token is good.")
    jwt_refresh_days: Count = _key(30, "Days for which a refresh token is good.")
