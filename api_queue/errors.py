"""Every error of the domain, under one root.

The docstring is the message: a full sentence that a guest can read, with `{facts}` filled in. `code` is the wire
name. Nothing here knows HTTP; `web/errors.py` maps the kinds (the direct children of the root) to statuses, once.
"""

from typing import ClassVar


class ApiQueueError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__((type(self).__doc__ or "").format_map(facts))

    @property
    def detail(self) -> str:
        return str(self)


# -- the kinds -------------------------------------------------------------------------------------------------


class Invalid(ApiQueueError):
    """The request does not fit."""

    code = "invalid"


class Unauthorized(ApiQueueError):
    """This needs a login."""

    code = "unauthorized"


class Forbidden(ApiQueueError):
    """You may not do this."""

    code = "forbidden"


class NotFound(ApiQueueError):
    """There is nothing here."""

    code = "not_found"


class Conflict(ApiQueueError):
    """Somebody else was faster; look again and repeat."""

    code = "conflict"


class TooMany(ApiQueueError):
    """Too often; try again in {retry_after} seconds."""

    code = "too_many"


class TooLarge(ApiQueueError):
    """The body is larger than the {limit_bytes} bytes that are allowed here."""

    code = "too_large"


class Unavailable(ApiQueueError):
    """A part of the server is away for a moment; try again in {retry_after} seconds."""

    code = "unavailable"


class DatabaseAway(Unavailable):
    """The database does not answer just now; try again in {retry_after} seconds."""

    code = "database_away"


class Unfit(ApiQueueError):
    """This does not fit together."""

    code = "unfit"


class StartRefused(ApiQueueError):
    """{reason}"""

    code = "start_refused"


# -- bodies, names, settings -----------------------------------------------------------------------------------


class BadBody(Invalid):
    """The body cannot be read: {reason}"""

    code = "bad_body"


class BadQuery(Invalid):
    """The address cannot be read: {reason}"""

    code = "bad_query"


class BadQueueName(Invalid):
    """'{name}' cannot name a queue: use 1 to 32 of a-z, 0-9, - and _, starting with a letter or digit."""

    code = "bad_queue_name"


class ReservedQueueName(Invalid):
    """'{name}' is a word of the server's own addresses; choose another name."""

    code = "reserved_queue_name"


class BadPerformerName(Invalid):
    """The performer's name {reason}."""

    code = "bad_performer_name"


class BadSetting(Invalid):
    """The setting '{key}' {reason}."""

    code = "bad_setting"


class AdminOnlySetting(Forbidden):
    """Only an admin may change the setting '{key}'."""

    code = "admin_only_setting"


class UnknownSetting(Invalid):
    """There is no setting '{key}'.{hint}"""

    code = "unknown_setting"


# -- accounts --------------------------------------------------------------------------------------------------


class MissingCredential(Unauthorized):
    """This needs a login: send a token as bearer, as the session_id cookie, or at POST /auth."""

    code = "missing_credential"


class BadCredential(Unauthorized):
    """This login is not known, has expired or was revoked; ask for a new one."""

    code = "bad_credential"


class LoginExpired(Unauthorized):
    """This login has run out; refresh it, or log in again."""

    code = "login_expired"


class MissingApiKey(Unauthorized):
    """This is for programs: send an API key in the header X-API-Key."""

    code = "missing_api_key"


class BadApiKey(BadCredential):
    """Invalid API key"""

    code = "bad_api_key"


class CountedToken(Unauthorized):
    """This login token may be used only {max_uses} times: swap it at POST /auth instead of sending it along."""

    code = "counted_token"


class WeakSessionId(Unauthorized):
    """A session_id that you choose yourself needs 16 to 128 letters, digits, - or _; or send none and get one."""

    code = "weak_session_id"


class SessionEnded(Unauthorized):
    """The party on '{queue}' has ended, and your session with it; reload to join again."""

    code = "session_ended"


class MissingRight(Forbidden):
    """Only {needs} may do this."""

    code = "missing_right"


class MissingQueueRight(Forbidden):
    """Access denied: {right} permission required for queue '{queue}'"""

    code = "missing_queue_right"


class UndeclaredRoute(Forbidden):
    """Nobody may call this address."""

    code = "undeclared_route"


class CrossSite(Forbidden):
    """This change came from another site ({origin}) and was refused."""

    code = "cross_site"


class MembersOnly(Forbidden):
    """This is for members: log in with an account, or with a token of the role member."""

    code = "members_only"


class NotYourSession(Forbidden):
    """This is the session of another user, and theirs alone; yours is at the user_uuid of GET /me."""

    code = "not_your_session"


class SignupOff(Forbidden):
    """Accounts are made by whoever runs this server; ask them for one."""

    code = "signup_off"


class BadUsername(Invalid):
    """A name to log in with {reason}."""

    code = "bad_username"


class BadNewPassword(Invalid):
    """A password {reason}."""

    code = "bad_new_password"


class UsernameTaken(Conflict):
    """Somebody has the name '{username}' already; choose another one."""

    code = "username_taken"


class WrongPassword(Unauthorized):
    """Incorrect username or password"""

    code = "wrong_password"


class BadGrantType(ApiQueueError):
    """The grant_type must be '{expected}' here, or be left out."""

    code = "unsupported_grant_type"


class UnknownAccount(NotFound):
    """There is no account '{username}'."""

    code = "unknown_account"


class Muted(Forbidden):
    """The host has muted you{until}: {reason}"""

    code = "muted"


class RateLimited(TooMany):
    """That was too often; try again in {retry_after} seconds."""

    code = "rate_limited"


class Overloaded(Unavailable):
    """The server has more to do than it can, and has done nothing of this; try again in {retry_after} seconds."""

    code = "overloaded"


class DiskFull(Unavailable):
    """The server's disk is full, so nothing can be changed until somebody makes room; what plays goes on."""

    code = "disk_full"


class DiskFailing(Unavailable):
    """The server's disk cannot be written to, so nothing can be changed until that is mended; what plays goes on."""

    code = "disk_failing"


class TooManyConnections(TooMany):
    """You or your network have too many connections here; close some, and try again in {retry_after} seconds."""

    code = "too_many_connections"


class UnknownToken(NotFound):
    """There is no token '{token_id}'."""

    code = "unknown_token"


class UnknownApiKey(NotFound):
    """There is no API key '{key_id}'."""

    code = "unknown_api_key"


class BadKeyRequest(Invalid):
    """This cannot be an API key: {reason}."""

    code = "bad_key_request"


class BadTokenRequest(Invalid):
    """A token for the role {role} {reason}."""

    code = "bad_token_request"


class IdempotencyMismatch(Invalid):
    """This Idempotency-Key was used before with another body; take a new key for a new request."""

    code = "idempotency_mismatch"


class IdempotencyPending(Conflict):
    """The first request with this Idempotency-Key is still running; try again in {retry_after} second."""

    code = "idempotency_pending"


# -- queues ----------------------------------------------------------------------------------------------------


class UnknownQueue(NotFound):
    """There is no queue '{queue}'."""

    code = "unknown_queue"


class UnknownItem(NotFound):
    """There is no waiting item '{item_id}' on this queue."""

    code = "unknown_item"


class UnknownGuest(NotFound):
    """There is no guest '{guest_id}' here, or they are not muted."""

    code = "unknown_guest"


class UnknownCommand(NotFound):
    """There is no command '{command}'; there are {commands}."""

    code = "unknown_command"


class QueueExists(Conflict):
    """There is a queue '{queue}' already; choose another name."""

    code = "queue_exists"


class QueueMoved(Conflict):
    """The queue changed while this was worked out; look again and repeat."""

    code = "queue_moved"


class NothingToUndo(Conflict):
    """There is nothing to take back: what was done longer than a minute ago stays, and so does what guests did."""

    code = "nothing_to_undo"


class SettingsOvertaken(Conflict):
    """{keys} changed once more since then; look at the settings and change them by hand."""

    code = "settings_overtaken"


class LobbyFull(Conflict):
    """{waiting} songs{whose} wait for the host already, and no more fit; there is room when some were looked at."""

    code = "lobby_full"


class NotComingSoon(Conflict):
    """This item is at place {position}; that can be said of the first {coming_soon_count}."""

    code = "not_coming_soon"


class NobodyToSwapWith(Conflict):
    """Nobody else waits behind this item, so nobody can go first."""

    code = "nobody_to_swap_with"


class OrderRules(Conflict):
    """{reason}"""

    code = "order_rules"


class PassUsed(Conflict):
    """Somebody was let go first already, and once is what each item has; sing, or take it off the queue."""

    code = "pass_used"


class NotYourItem(Forbidden):
    """This item was added by somebody else; only they, a helper or the host may change it."""

    code = "not_your_item"


class HostOnlyField(Forbidden):
    """Only a helper or the host may change {fields}; you may change your own performer_name."""

    code = "host_only_field"


class GuestQueuesOff(Forbidden):
    """Guests may not make {kind} queues here; ask the host for one."""

    code = "guest_queues_off"


class BadTableName(Invalid):
    """The table's name {reason}."""

    code = "bad_table_name"


class WrongJoinCode(Forbidden):
    """This is not the join code of '{queue}', or not any more; look at the big screen, or ask the host for it."""

    code = "wrong_join_code"


class TableCharged(Conflict):
    """The turns of what you have waiting or playing ({waiting}) are your table's; change it when all that is over."""

    code = "table_charged"


class UnknownTrack(Invalid):
    """There is no track '{track_id}' in the library."""

    code = "unknown_track"


class NotARecording(Invalid):
    """Track '{track_id}' is a part of a recording; name that one: '{recording}'."""

    code = "not_a_recording"


class UnknownAlbum(Invalid):
    """There is no album '{album}' in the library."""

    code = "unknown_album"


class TrackNotOffered(Invalid):
    """The track '{track_id}' is not offered on this queue."""

    code = "track_not_offered"


class UnknownPerformer(Invalid):
    """{performer_name} is not on the list of who performs here.{hint}"""

    code = "unknown_performer"


class TrackTooLong(Invalid):
    """This track costs {cost} points, and nobody can have more than {points_max}; take a shorter one."""

    code = "track_too_long"


class AddingClosed(Forbidden):
    """The host has closed adding; what is on the queue will still be played."""

    code = "adding_closed"


class NotStarted(Forbidden):
    """Adding opens when the event starts, at {event_start}."""

    code = "not_started"


class JoinCodeNeeded(Forbidden):
    """To add here you need the join code: scan the code on the big screen, or ask the host for it."""

    code = "join_code_needed"


class EndsTooLate(Forbidden):
    """This track would end after the event does ({event_end}); the longest that still fits is {longest}.{turn}"""

    code = "ends_too_late"


class QueueFull(TooMany):
    """The queue is full ({max_items} waiting items). {place_free}"""

    code = "queue_full"


class GuestFull(TooMany):
    """You have {waiting} on the queue, and each guest may have {max_per_guest}. {place_free}"""

    code = "guest_full"


class GuestMinutesFull(TooMany):
    """With this, {waiting_minutes} minutes of yours wait; each guest may have {max_minutes_per_guest}. {place_free}"""

    code = "guest_minutes_full"


class NotEnoughPoints(TooMany):
    """This track costs {cost} points, and you have {points}. {again}"""

    code = "not_enough_points"


class DuplicateTrack(TooMany):
    """This track {when}. {again}"""

    code = "duplicate_track"


class DuplicatePerformer(TooMany):
    """{performer_name} {when}. {again}"""

    code = "duplicate_performer"


# -- messages --------------------------------------------------------------------------------------------------


class BadMessageQueueName(Invalid):
    """'{name}' cannot name a queue of messages: use 1 to 80 of A-Z, a-z, 0-9, ., _, -; a letter or digit first."""

    code = "bad_message_queue_name"


class BadMessageId(Invalid):
    """The id of a message is 1 to 200 characters long, with no control characters."""

    code = "bad_message_id"


class MessageTooLarge(TooLarge):
    """The message is {size_bytes} bytes long; {limit_bytes} fit."""

    code = "message_too_large"


class MessageNotFound(NotFound):
    """There is no message '{message_id}' on the queue '{queue}'."""

    code = "message_not_found"


class ReceiptVoid(NotFound):
    """Nobody holds a message by this receipt: it was deleted, its time is over, or it was received again."""

    code = "receipt_void"


class MessageQueuesFull(Conflict):
    """There are {limit} queues of messages, as many as may be; use one of them."""

    code = "message_queues_full"


class MessagesAway(Unavailable):
    """The messages cannot be read or written now ({reason}); try again in {retry_after} seconds."""

    code = "messages_away"


class MessagesDamaged(Unavailable):
    """The file '{file}' of messages is damaged, and nobody touches it until it is mended or moved away: {reason}."""

    code = "messages_damaged"


# -- jobs ------------------------------------------------------------------------------------------------------


class UnknownTaskType(Invalid):
    """There is no type of task '{type}'; there are {types}."""

    code = "unknown_task_type"


class BadTaskItem(Invalid):
    """The items of a task '{type}' look different: {reason}."""

    code = "bad_task_item"


class UnknownTask(NotFound):
    """There is no task '{task_id}'."""

    code = "unknown_task"


class UnknownTaskItem(NotFound):
    """The task '{task_id}' has no item '{item_id}'."""

    code = "unknown_task_item"


class TaskEnded(Conflict):
    """This task is {status} already, and stays so."""

    code = "task_ended"


class NothingToRetry(Conflict):
    """No item of this task has failed or was canceled so far, so there is nothing to try again."""

    code = "nothing_to_retry"


class TaskLive(Conflict):
    """This task is still {status}; cancel it, or wait for its end, before it is tried again."""

    code = "task_live"


# -- playback --------------------------------------------------------------------------------------------------


class BadSeek(Invalid):
    """The position must lie between 0 and {duration_ms} ms."""

    code = "bad_seek"


class NothingPlaying(Conflict):
    """Nothing is playing on this queue; press play first."""

    code = "nothing_playing"


class SpeakerTaken(Conflict):
    """Another player ({speaker}) is the speaker of this queue; take over if it should be this one."""

    code = "speaker_taken"


class PlaybackOff(Forbidden):
    """This queue was made by a guest and plays no music here; an admin can allow it (guest_playback)."""

    code = "playback_off"


class StaleGeneration(Conflict):
    """This belongs to generation {generation}; the speaker has changed since, and it is generation {current} now."""

    code = "stale_generation"


class DeviceNotAllowed(Invalid):
    """'{device_id}' cannot be the speaker of this queue; its registered speakers can, as GET /devices has them."""

    code = "device_not_allowed"


class NotTheSpeaker(Forbidden):
    """Only the active speaker of a queue gets addresses of its music, and says when a track is over."""

    code = "not_the_speaker"


class BadDeviceName(Invalid):
    """The device's name {reason}."""

    code = "bad_device_name"


class BadDeviceId(Invalid):
    """'{device_id}' cannot be a device's id: use 1 to 64 letters, digits, . _ : and -, a letter or digit first."""

    code = "bad_device_id"


class UnknownDevice(NotFound):
    """There is no device '{device_id}' on the queue '{queue}'; register it."""

    code = "unknown_device"


class NotYourDevice(Forbidden):
    """The device '{device_id}' was registered by somebody else; take another id, or ask the host to remove it."""

    code = "not_your_device"


class DevicesFull(Conflict):
    """This queue has {limit} devices, as many as may be, and all were used today; remove one first."""

    code = "devices_full"


class WhichQueue(Invalid):
    """Say which queue: you have none of your own here, or several."""

    code = "which_queue"


class PairingsFull(TooMany):
    """{limit} devices wait to be let in already; the host has to decide, or try again in {retry_after} seconds."""

    code = "pairings_full"


class UnknownPairing(NotFound):
    """No device with the code '{code}' waits to be let in."""

    code = "unknown_pairing"


class ClaimOver(NotFound):
    """Nobody waits under this claim: it was used, its time is over, or there never was one; register again."""

    code = "claim_over"


class PairingRefused(Forbidden):
    """The host did not let this device in."""

    code = "pairing_refused"


class UnknownExport(NotFound):
    """There is no export '{name}'; the result of its task says what it is called."""

    code = "unknown_export"


class EmptyNight(NotFound):
    """Nothing was played on '{queue}' then, so there is no night to write down."""

    code = "empty_night"


class UnknownNightFile(NotFound):
    """A night has no file '{file}'; it has {files}."""

    code = "unknown_night_file"


# -- tracks and media ------------------------------------------------------------------------------------------


class TrackNotFound(NotFound):
    """There is no track '{track_id}' in the library."""

    code = "unknown_track"


class NotMusic(Invalid):
    """This file is no track: {reason}."""

    code = "not_music"


class NoCover(NotFound):
    """The track '{track_id}' has no cover."""

    code = "no_cover"


class NoLyrics(NotFound):
    """The track '{track_id}' has no lyrics."""

    code = "no_lyrics"


class UnknownDataFile(NotFound):
    """There is no track data file '{name}'."""

    code = "unknown_data_file"


class BadMediaToken(Unauthorized):
    """This address of the music has expired or never was one; ask for a new one."""

    code = "bad_media_token"


class ForeignMediaToken(Forbidden):
    """This address of the music belongs to another track, session or speaker."""

    code = "foreign_media_token"


class PreviewOff(Forbidden):
    """Previews are switched off on this queue."""

    code = "preview_off"


class NoPreview(NotFound):
    """The track '{track_id}' has no preview: its file cannot be read as music."""

    code = "no_preview"


class PreviewsNeedFfmpeg(Unavailable):
    """This server cannot make previews, because ffmpeg is not installed on it."""

    code = "previews_need_ffmpeg"


class FileGone(NotFound):
    """This music is gone from the disk; the next scan takes it from the library."""

    code = "file_gone"


class FolderOutside(Invalid):
    """'{path}' does not lie in a music folder of this server ({roots}); the setting library_roots has them."""

    code = "folder_outside"


class FolderMissing(Invalid):
    """There is no '{path}' on this server."""

    code = "folder_missing"


class UnknownFolder(NotFound):
    """'{path}' is none of the folders that were added; those of the setting library_roots stay."""

    code = "unknown_folder"


class AnalysisNeedsFfmpeg(Conflict):
    """Tracks are decoded by ffmpeg, which is not installed here: install the package ffmpeg and try again."""

    code = "analysis_needs_ffmpeg"


class NotAnalyzed(NotFound):
    """The track '{track_id}' was not decoded yet; an admin can have it done, as a task of the type analyze."""

    code = "not_analyzed"


class SoundDamaged(Conflict):
    """The sound of '{path}' is not what was encoded: its MD5 differs; get the file from somewhere else."""

    code = "sound_damaged"


class FileChanged(Conflict):
    """Somebody else has just changed '{path}', so it was left as it is; try again."""

    code = "file_changed"


class NameTaken(Conflict):
    """There is a '{path}' already, and nothing is ever overwritten."""

    code = "name_taken"


class OtherDisk(Conflict):
    """'{path}' lies on another disk, and files are moved within one only."""

    code = "other_disk"


class DemoStays(Conflict):
    """The demo songs are part of the program, and stay as they are; put your music into a folder of library_roots."""

    code = "demo_stays"


# -- tracklists ------------------------------------------------------------------------------------------------


class NoTracks(Invalid):
    """There is no track in this list, and a sheet without one is none; add the first."""

    code = "no_tracks"


class NoTimes(Invalid):
    """Nobody set a time for row {rows}: set it, or have it estimated (`uncued`) from a later row or the recording."""

    code = "no_times"


class TimesFall(Invalid):
    """Times must rise, and row {rows} begins before the one above: several recordings in one list, or a wrong time."""

    code = "times_fall"


class StartsBeyondAudio(Invalid):
    """The recording ends at {seconds} s, and row {rows} begins after that; take another recording, or another time."""

    code = "starts_beyond_audio"


class UnknownCueFormat(Unfit):
    """There is no CUE format '{format}'; there are {formats}."""

    code = "unknown_cue_format"


class UnwritableSheet(Invalid):
    """No player could read this sheet: {reason}."""

    code = "unwritable_sheet"


class SeveralCueFiles(Invalid):
    """A {variant} sheet belongs to one file, and this one to {count}: make one of each, or take another format."""

    code = "several_cue_files"


class TooManyCueTracks(Invalid):
    """A {variant} sheet holds {most} tracks, and this one has {count}: split it, or take another format."""

    code = "too_many_cue_tracks"


class BadAudioFile(Invalid):
    """This is no recording of the library: give its track_id, or its path below one of the library's folders."""

    code = "bad_audio_file"


class UnknownCueFile(NotFound):
    """There is no CUE file '{cue_id}', or it was deleted."""

    code = "unknown_cue_file"


class UnknownCueJob(NotFound):
    """There is no CUE job '{job_id}'."""

    code = "unknown_cue_job"


class ForeignAddress(Invalid):
    """'{url}' is no address of a tracklist here: one begins with {example}."""

    code = "foreign_address"


class BlockedPage(Invalid):
    """This page holds no tracklist but a refusal of the site: {reason}."""

    code = "blocked_page"


class UnreadablePage(Invalid):
    """This page cannot be read as one of the site: {reason}."""

    code = "unreadable_page"


class ChallengePage(BlockedPage):
    """The site asks for a browser here ({reason}); open the page in one, and paste what it shows then."""

    code = "challenge_page"


class IpBlockPage(BlockedPage):
    """The site has shut out the address that asked ({reason}); a person can lift that, with the form on this page."""

    code = "ip_block_page"


class CaptchaPage(BlockedPage):
    """The site asks for a person here ({reason}); answer it in a browser, and paste what it shows then."""

    code = "captcha_page"


class AskedTooOftenPage(BlockedPage):
    """The site was asked too often ({reason}); leave it alone for a while."""

    code = "asked_too_often_page"


class NotATracklistPage(UnreadablePage):
    """This is no page of a tracklist: {reason}."""

    code = "not_a_tracklist_page"


class NotASearchPage(UnreadablePage):
    """This is no page of search results: {reason}."""

    code = "not_a_search_page"


class RowsMissing(UnreadablePage):
    """This page came without its rows: {reason}; save it in a browser once all of them are shown."""

    code = "rows_missing"


class PageChanged(UnreadablePage):
    """This page is built in another way than those we know: {reason}; nothing was taken from it."""

    code = "page_changed"


class EmptyTracklist(Invalid):
    """Nobody has entered a track on this page yet."""

    code = "empty_tracklist"


class RobotsForbid(Forbidden):
    """The site asks programs to leave '{path}' alone (robots.txt), and so we do."""

    code = "robots_forbid"


class PageMissing(NotFound):
    """The site has no page '{url}'."""

    code = "page_missing"


class SiteAway(Unavailable):
    """The site of tracklists cannot be read now: {reason}; try again in {retry_after} seconds."""

    code = "site_away"


class SiteBlocked(SiteAway):
    """The site of tracklists has shut us out: {reason}; try again in {retry_after} seconds, or paste the page."""

    code = "blocked"


class SiteBusy(Unavailable):
    """Others wait for the site of tracklists already, and it is asked slowly; try again in {retry_after} seconds."""

    code = "site_busy"


class OrderTaken(Conflict):
    """The order '{correlation_id}' is of '{url}'; choose another id for this one."""

    code = "order_taken"


class UnknownOrder(NotFound):
    """There is no order '{correlation_id}'."""

    code = "unknown_order"


class SearchFailed(Unavailable):
    """This search has failed: {reason}; the site is asked again in {retry_after} seconds."""

    code = "search_failed"


class UnknownTracklist(NotFound):
    """There is no tracklist '{tracklist_id}'."""

    code = "unknown_tracklist"


class NotADraft(NotFound):
    """The tracklist '{tracklist_id}' is no draft: it was published; make a new draft of it and change that."""

    code = "not_a_draft"


class NoRecording(NotFound):
    """The tracklist '{tracklist_id}' is of no recording here; choose one for it first (`audio_file_id`)."""

    code = "no_recording"


class UnknownTracklistVersion(NotFound):
    """There is no version {version} of this tracklist; only the newest are kept."""

    code = "unknown_tracklist_version"


class NoPage(NotFound):
    """The tracklist '{tracklist_id}' is of no page, so there is nothing to hold it against."""

    code = "no_page"


class UnknownConflict(NotFound):
    """There is no conflict '{conflict_id}' any more; look at those that are there."""

    code = "unknown_conflict"


class UnknownBatch(NotFound):
    """There is no batch '{batch_id}'."""

    code = "unknown_batch"


class UnknownSchedule(NotFound):
    """There is no schedule '{schedule_id}'."""

    code = "unknown_schedule"


class BadCronExpression(Unfit):
    """'{cron}' is no cron expression: {reason}. Write minute, hour, day, month, weekday in UTC, as in '30 4 * * 1'."""

    code = "bad_cron_expression"


class SchedulesFull(Conflict):
    """There are {limit} schedules, as many as may be; remove one first."""

    code = "schedules_full"


class UnknownRow(NotFound):
    """There is no row {position}; the positions here are 1 to {most}."""

    code = "unknown_row"


class TooManyRows(Invalid):
    """The list has {rows} rows, and {limit} fit."""

    code = "too_many_rows"


class DuplicatePositions(Unfit):
    """Two rows have the position {position}; number them 1, 2, and so on."""

    code = "duplicate_positions"


class NotPublishable(Unfit):
    """This list cannot be published yet: {reason}"""

    code = "not_publishable"


class ConcurrentEdit(Conflict):
    """Somebody else has changed this list, which is at revision {rev} now: look at both, and send your change again."""

    code = "concurrent_edit"


# -- the server ------------------------------------------------------------------------------------------------


class NotReady(Unavailable):
    """The server waits for {named}; try again in {retry_after} seconds."""

    code = "not_ready"


# -- the broker ------------------------------------------------------------------------------------------------


class BrokerAway(Unavailable):
    """The MQTT broker is away, and this was not confirmed; try again in {retry_after} seconds."""

    code = "broker_away"


# -- the stream ------------------------------------------------------------------------------------------------


class NoQueueNamed(Invalid):
    """Say which queues, as in /events?queue=party&queue=garden; only members may name none, and hear of their own."""

    code = "no_queue_named"


class TooManyQueues(Invalid):
    """One connection carries at most {limit} queues; open another for the rest."""

    code = "too_many_queues"


class LeaseLost(Conflict):
    """Another process leads now."""

    code = "lease_lost"


# -- KaraKara --------------------------------------------------------------------------------------------------


class ClientsMissing(NotFound):
    """KaraKara's {client} is not on this server: name the folder of the built clients in [karakara] clients."""

    code = "clients_missing"


class NoAttachment(NotFound):
    """There is no file '{file}' of the track '{track_id}'; /files/tracks.json has those that there are."""

    code = "no_attachment"


class VideoNotMade(NotFound):
    """No video of the track '{track_id}' was made yet; one is made when it is added in a room of KaraKara's clients."""

    code = "video_not_made"


class EncodingNeedsFfmpeg(Conflict):
    """Videos are made by ffmpeg, which is not installed here: install the package ffmpeg and try again."""

    code = "encoding_needs_ffmpeg"


class VideosNeedRoom(Conflict):
    """Less than 1 GiB is free where '{folder}' lies, and that is left to the rest of the server: make room first."""

    code = "videos_need_room"


class RoomNotFound(NotFound):
    """Room '{room}' not found"""

    code = "room_not_found"


class PasswordIsName(Conflict):
    """Here the password of each room is its name: [karakara] password says so."""

    code = "password_is_name"


class InvalidRoomCommand(NotFound):
    """invalid command"""

    code = "invalid_room_command"


class RoomCommandsForHost(Forbidden):
    """commands are for admin only"""

    code = "room_commands_for_host"


class RoomSettingsForHost(Forbidden):
    """Only admins can update settings"""

    code = "room_settings_for_host"


class RoomQueueForHost(Forbidden):
    """queue updates are for admin only"""

    code = "room_queue_for_host"


class NotYourRoomItem(Forbidden):
    """queue_item.session_id does not match session_id"""

    code = "not_your_room_item"


class MoveOutside(Invalid):
    """move track_ids are not in future track list"""

    code = "move_outside"


class SessionMissing(Invalid):
    """session_id missing"""

    code = "session_missing"


class TrackInvalid(Invalid):
    """track_id invalid"""

    code = "track_invalid"


class PerformerMissing(Invalid):
    """Performer name cannot be empty"""

    code = "performer_missing"


class QueueValidationFailed(Invalid):
    """queue validation failed"""

    code = "queue_validation_failed"
