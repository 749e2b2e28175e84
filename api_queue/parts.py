"""The composition root: it knows every feature, picks every store and joins them, for whatever process runs them.

Everything connects when it is first used, so building costs nothing and a part that is away stops nobody.
"""

import os
import secrets
import socket
from collections.abc import Iterator
from functools import cached_property, partial
from pathlib import Path
from random import Random, SystemRandom

from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.accounts.account_service import AccountService
from api_queue.accounts.account_store import SqlAccounts
from api_queue.accounts.api_key_service import ApiKeyService
from api_queue.accounts.api_key_sources import configured_keys
from api_queue.accounts.api_key_store import SqlApiKeys
from api_queue.accounts.logins import LoginService
from api_queue.accounts.rate_limits import RateLimiter
from api_queue.accounts.redis_store import RedisBuckets, RedisRevocations
from api_queue.accounts.service import AuditService, TokenService
from api_queue.accounts.store import SqlAudit, SqlLogins, SqlTokens
from api_queue.drivers import sql
from api_queue.drivers.clock import Clock, SystemClock
from api_queue.drivers.keys import load_or_make
from api_queue.drivers.lua import load_all
from api_queue.drivers.process_name import own_name
from api_queue.drivers.redis import Redis, connect
from api_queue.formats.figures import Figure
from api_queue.home_assistant.presses import Presses
from api_queue.home_assistant.topics import HomeTopics
from api_queue.home_assistant.wire import Topics
from api_queue.jobs.delivery import Courier
from api_queue.jobs.feed import TaskFeed
from api_queue.jobs.redis_store import RedisTaskEvents, RedisWorkers
from api_queue.jobs.service import JobService
from api_queue.jobs.sources import TaskSource
from api_queue.jobs.store import SqlTasks
from api_queue.jobs.task_types import TaskTypes
from api_queue.karakara.attachments import AttachmentService
from api_queue.karakara.encoding import EncodeTask
from api_queue.karakara.moving_over import MovingOver, Unlimited
from api_queue.karakara.queue_service import RoomQueueService
from api_queue.karakara.room_tracks import room_tracks
from api_queue.karakara.song_names import SongNames
from api_queue.karakara.topics import RoomTopics
from api_queue.karakara.track_map import TrackMaps
from api_queue.karakara.track_map_folder import MapFolder
from api_queue.karakara.video_folder import VideoFolder
from api_queue.karakara.video_orders import VideoOrders
from api_queue.media.preview import Previews
from api_queue.media.service import MediaService, PreviewService
from api_queue.media.store import RedisMediaStore
from api_queue.messages.bell import BellOfScripts, RedisBell
from api_queue.messages.json_store import JsonMessages
from api_queue.messages.models import Limits as MessageLimits
from api_queue.messages.models import Storage as MessageStorage
from api_queue.messages.models import Store as MessageStore
from api_queue.messages.redis_store import RedisMessages
from api_queue.messages.service import MessageService
from api_queue.messages.sqlite_store import SqliteMessages
from api_queue.monitoring.health import HealthService
from api_queue.monitoring.models import Source as FigureSource
from api_queue.monitoring.monitor import Monitor
from api_queue.monitoring.probes import EngineProbes, RoleProbes, SpeakerProbes
from api_queue.monitoring.process_figures import pool_figures
from api_queue.monitoring.reporter import Reporter
from api_queue.monitoring.shared_figures import SharedFigures
from api_queue.monitoring.stats import StatsService
from api_queue.monitoring.store import RedisSnapshots
from api_queue.playback.conductor import Conductor
from api_queue.playback.device_news import DeviceNews
from api_queue.playback.device_service import DeviceService
from api_queue.playback.device_store import SqlDevices
from api_queue.playback.device_watch import DeviceWatch
from api_queue.playback.like_store import SqlLikes
from api_queue.playback.likes import LikeService
from api_queue.playback.pairing import PairingService
from api_queue.playback.pairing_store import RedisPairings
from api_queue.playback.presence_store import RedisPresence
from api_queue.playback.registration import RegistrationService
from api_queue.playback.rosters import Rosters
from api_queue.playback.service import PlaybackService
from api_queue.queues.adding import AddService
from api_queue.queues.arrangement_store import RedisArrangements
from api_queue.queues.census import RedisCensus
from api_queue.queues.commands import QueueCommands
from api_queue.queues.enqueue import EnqueueService
from api_queue.queues.exports import Exports
from api_queue.queues.fallback import FallbackMusic
from api_queue.queues.guests import GuestService
from api_queue.queues.history import SqlHistory
from api_queue.queues.items import ItemService
from api_queue.queues.join_service import JoinService
from api_queue.queues.join_store import RedisJoins
from api_queue.queues.lobby_service import LobbyService
from api_queue.queues.night_service import NightService
from api_queue.queues.options import OptionService
from api_queue.queues.personal import PersonalQueues
from api_queue.queues.scripts import Scripts
from api_queue.queues.service import QueueService
from api_queue.queues.settings import QueueSettings
from api_queue.queues.sources import QueueSources
from api_queue.queues.speaker import SpeakerService
from api_queue.queues.store import RedisQueues
from api_queue.queues.tasks import ExportTask
from api_queue.queues.transport import TransportService
from api_queue.queues.turn_taking_service import TurnTakingService
from api_queue.queues.turn_taking_store import RedisTurnTaking
from api_queue.queues.undo_service import UndoService
from api_queue.queues.variants_store import RedisVariants
from api_queue.queues.why_service import WhyService
from api_queue.settings import Settings
from api_queue.stream.discovery import Discovery
from api_queue.stream.hub import Hub
from api_queue.stream.lag import Lag
from api_queue.stream.lease import Lease
from api_queue.stream.models import OtherTopics
from api_queue.stream.others import Several
from api_queue.stream.sources import Sources
from api_queue.stream.store import RedisEventLog
from api_queue.tracklists.batch_tasks import BatchTasks
from api_queue.tracklists.batches import BatchService
from api_queue.tracklists.cache_store import RedisCache
from api_queue.tracklists.cue_service import CueService
from api_queue.tracklists.cue_store import SqlCueFiles
from api_queue.tracklists.cue_tasks import CueJobs, CueTask
from api_queue.tracklists.fetch import Manners, SiteClient, user_agent
from api_queue.tracklists.fetch_orders import FetchOrders
from api_queue.tracklists.fetch_tasks import FetchTask
from api_queue.tracklists.intake import IntakeService
from api_queue.tracklists.message_desk import MessageDesk
from api_queue.tracklists.news import TracklistNews
from api_queue.tracklists.news_store import RedisTracklistEvents
from api_queue.tracklists.order_store import RedisOrders
from api_queue.tracklists.publishing import PublishingService
from api_queue.tracklists.recordings import LibraryRecordings
from api_queue.tracklists.retrieval import RetrievalService
from api_queue.tracklists.schedule_store import SqlSchedules
from api_queue.tracklists.schedules import ScheduleService
from api_queue.tracklists.search_service import SearchService
from api_queue.tracklists.service import TracklistService
from api_queue.tracklists.sheets import SheetIntake
from api_queue.tracklists.site import Site
from api_queue.tracklists.site_import import SiteImport
from api_queue.tracklists.site_upkeep import SiteUpkeep
from api_queue.tracklists.store import SqlTracklists
from api_queue.tracklists.sync import SyncService
from api_queue.tracklists.sync_orders import SyncOrders
from api_queue.tracklists.sync_store import SqlSyncs
from api_queue.tracklists.sync_tasks import SyncTask
from api_queue.tracklists.timetable import Timetable
from api_queue.tracklists.turn_store import RedisTurns
from api_queue.tracklists.versioning import VersionService
from api_queue.tracklists.visits import Visits
from api_queue.tracklists.wire import tracklist_json
from api_queue.tracks.analysis import AnalyzeTask
from api_queue.tracks.analysis_store import SqlAnalyses
from api_queue.tracks.data_files import DataFiles
from api_queue.tracks.data_folder import DataFolder
from api_queue.tracks.folders import LibraryService
from api_queue.tracks.library import RedisLibrary
from api_queue.tracks.move_store import SqlMoves
from api_queue.tracks.parts import PartService
from api_queue.tracks.place_store import SqlPlaces
from api_queue.tracks.readers import Readers
from api_queue.tracks.renaming import RenameTask
from api_queue.tracks.scan import Scan
from api_queue.tracks.service import TrackService
from api_queue.tracks.store import SqlStore
from api_queue.tracks.tasks import LibraryTasks
from api_queue.tracks.version import LibraryVersion
from api_queue.tracks.walk import music_roots
from api_queue.web.rate_limits import RateLimits


class Parts:
    """Clients, stores and services of one process, each made when it is first asked for."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        load_all()
        self.settings = settings
        self.clock = clock or SystemClock()

    # -- drivers -----------------------------------------------------------------------------------------------

    @cached_property
    def redis(self) -> Redis:
        return connect(self.settings.redis_url, self.settings.redis_wait_replicas)

    @cached_property
    def engine(self) -> AsyncEngine:
        return sql.connect(sql.url_of(self.settings.sql_url, self.settings.data))

    @cached_property
    def keys(self) -> Path:
        return self.settings.data / "keys"

    async def close(self) -> None:
        if "readers" in self.__dict__:
            await self.readers.aclose()
        if "site_client" in self.__dict__:
            await self.site_client.close()
        for each in ("video_orders", "message_bell", "job_bell"):
            if each in self.__dict__:
                await getattr(self, each).close()
        for store in ("sqlite_messages", "json_messages"):
            if store in self.__dict__:
                await getattr(self, store).close()
        if "redis" in self.__dict__:
            await self.redis.close()
        if "engine" in self.__dict__:
            await self.engine.dispose()

    # -- accounts ----------------------------------------------------------------------------------------------

    @cached_property
    def revocations(self) -> RedisRevocations:
        return RedisRevocations(self.redis)

    @cached_property
    def tokens(self) -> TokenService:
        return TokenService(SqlTokens(self.engine), self.revocations, self.clock)

    @cached_property
    def logins(self) -> LoginService:
        days = self.settings.jwt_refresh_days
        return LoginService(SqlLogins(self.engine), SqlTokens(self.engine), self.revocations, self.clock, days)

    @cached_property
    def accounts(self) -> AccountService:
        store, personal, signup = SqlAccounts(self.engine), self.personal_queues, self.settings.accounts_signup
        arguments = (store, self.tokens, self.logins, personal, self.like_store, self.limiter, self.clock)
        return AccountService(*arguments, open_to_all=signup == "on")

    @cached_property
    def api_keys(self) -> ApiKeyService:
        return ApiKeyService(SqlApiKeys(self.engine), configured_keys(self.settings), self.revocations, self.clock)

    @cached_property
    def audit(self) -> AuditService:
        return AuditService(SqlAudit(self.engine), self.clock)

    @cached_property
    def rate_limits(self) -> RateLimits:
        return RateLimits(self.settings)

    @cached_property
    def limiter(self) -> RateLimiter:
        return RateLimiter(RedisBuckets(self.redis), self.rate_limits, self.clock)

    # -- messages ----------------------------------------------------------------------------------------------

    @cached_property
    def message_bell(self) -> RedisBell:
        return (BellOfScripts if self.settings.messages_storage == "redis" else RedisBell)(self.redis)

    @cached_property
    def redis_messages(self) -> RedisMessages:
        return RedisMessages(self.redis)

    @cached_property
    def sqlite_messages(self) -> SqliteMessages:
        file = self.settings.messages_sqlite_file
        return SqliteMessages(Path(file) if file else self.settings.data / "messages.sqlite")

    @cached_property
    def json_messages(self) -> JsonMessages:
        folder = self.settings.messages_json_folder
        return JsonMessages(Path(folder) if folder else self.settings.data / "messages")

    def message_store(self, storage: MessageStorage) -> MessageStore:
        if storage == "redis":
            return self.redis_messages
        return self.sqlite_messages if storage == "sqlite" else self.json_messages

    @cached_property
    def message_limits(self) -> MessageLimits:
        settings = self.settings
        return MessageLimits(
            settings.messages_max_bytes,
            settings.messages_visibility_s,
            settings.messages_receive_max,
            settings.messages_queues_max,
        )

    @cached_property
    def messages(self) -> MessageService:
        store = self.message_store(self.settings.messages_storage)
        return MessageService(store, self.message_bell, self.clock, self.message_limits)

    @cached_property
    def job_messages(self) -> MessageService:
        """Those of background tasks: in Redis, wherever the messages of programs are, and with bounds of their own."""
        limits = MessageLimits(receive_max=1_000_000)  # how often an item is tried is its type's matter
        return MessageService(self.redis_messages, self.message_bell, self.clock, limits)

    # -- jobs --------------------------------------------------------------------------------------------------

    @cached_property
    def task_types(self) -> TaskTypes:
        """What each feature has in its `tasks.py`."""
        of_library = (*self.library_tasks.types(), self.analyze_task.type(), self.rename_task.type())
        export = ExportTask(self.queues, self.tracks, self.nights, self.exports, self.clock)
        fetch = FetchTask(self.retrieval, self.site_import)
        batches = BatchTasks(self.retrieval, self.site_import, self.task_store)
        of_lists = (fetch.type(), SyncTask(self.sync).type(), CueTask(self.cue).type())
        encode = EncodeTask(self.tracks, SqlStore(self.engine), self.videos)
        return TaskTypes([*of_library, export.type(), encode.type(), *of_lists, *batches.types()])

    @cached_property
    def task_store(self) -> SqlTasks:
        return SqlTasks(self.engine)

    @cached_property
    def task_events(self) -> RedisTaskEvents:
        return RedisTaskEvents(self.redis, self.settings.events_kept)

    @cached_property
    def task_source(self) -> TaskSource:
        return TaskSource(self.task_store, self.task_events, self.clock)

    @cached_property
    def job_bell(self) -> RedisBell:
        return RedisBell(self.redis)

    @cached_property
    def courier(self) -> Courier:
        return Courier(self.job_messages, self.job_bell, self.settings.jobs_visibility_s)

    @cached_property
    def jobs(self) -> JobService:
        return JobService(self.task_store, self.courier, RedisWorkers(self.redis), self.task_types, self.clock)

    @cached_property
    def task_feed(self) -> TaskFeed:
        return TaskFeed(RedisEventLog(self.redis), self.task_source)

    # -- queues and playback -----------------------------------------------------------------------------------

    @cached_property
    def chance(self) -> Random:
        return SystemRandom()

    @cached_property
    def queue_store(self) -> RedisQueues:
        return RedisQueues(self.redis, self.settings.events_kept)

    @cached_property
    def arrangements(self) -> RedisArrangements:
        return RedisArrangements(self.redis, self.settings.events_kept)

    @cached_property
    def variants(self) -> RedisVariants:
        return RedisVariants(self.redis)

    @cached_property
    def queues(self) -> QueueService:
        history, leftovers = SqlHistory(self.engine), (self.device_store, self.presence, self.pairing_store)
        keepers = (self.tokens, self.limiter, self.clock, self.settings)
        return QueueService(self.queue_store, self.arrangements, history, *keepers, leftovers, self._check_music)

    async def _check_music(self, settings: QueueSettings) -> None:
        """Looked up when it is needed, since the library asks the queues what they offer."""
        await self.fallback.check(settings)

    @cached_property
    def fallback(self) -> FallbackMusic:
        return FallbackMusic(self.queue_store, self.tracks, self.clock, self.chance)

    @cached_property
    def personal_queues(self) -> PersonalQueues:
        return PersonalQueues(self.queues)

    @cached_property
    def adding(self) -> AddService:
        buckets = partial(self.rate_limits.buckets, "add")
        return AddService(self.queue_store, self.tracks, self.clock, buckets, self.limiter, self.chance)

    @cached_property
    def items(self) -> ItemService:
        return ItemService(self.queue_store, self.tracks, self.clock)

    @cached_property
    def lobby(self) -> LobbyService:
        return LobbyService(self.queue_store, self.adding, self.clock)

    @cached_property
    def turn_taking(self) -> TurnTakingService:
        store = RedisTurnTaking(Scripts(self.redis, self.settings.events_kept))
        return TurnTakingService(store, self.queue_store, self.items, self.clock)

    @cached_property
    def why(self) -> WhyService:
        return WhyService(self.queue_store)

    @cached_property
    def enqueue(self) -> EnqueueService:
        return EnqueueService(self.queue_store, self.tracks, self.clock, self.chance)

    @cached_property
    def exports(self) -> Exports:
        return Exports(self.settings.data / "exports")

    @cached_property
    def nights(self) -> NightService:
        return NightService(self.queues, self.tracks)

    @cached_property
    def transport(self) -> TransportService:
        return TransportService(self.queue_store, self.clock, self.speaker_lease_ms, self.fallback)

    @cached_property
    def speakers(self) -> SpeakerService:
        return SpeakerService(self.queue_store, self.clock, self.speaker_lease_ms)

    @property
    def speaker_lease_ms(self) -> int:
        return round(self.settings.speaker_lease_s * 1000)

    @cached_property
    def options(self) -> OptionService:
        return OptionService(self.queue_store, self.clock, self.chance)

    @cached_property
    def commands(self) -> QueueCommands:
        return QueueCommands(self.queues, self.items, self.transport, self.undoing)

    @cached_property
    def undoing(self) -> UndoService:
        return UndoService(self.queue_store, self.arrangements, self.clock)

    @cached_property
    def guests(self) -> GuestService:
        return GuestService(self.queue_store, self.queues, self.clock)

    @cached_property
    def joins(self) -> JoinService:
        return JoinService(RedisJoins(self.redis), self.queues, self.limiter, self.clock)

    @cached_property
    def playback(self) -> PlaybackService:
        return PlaybackService(self.queues, self.transport, self.speakers, self.devices, self.clock)

    @cached_property
    def device_store(self) -> SqlDevices:
        return SqlDevices(self.engine)

    @cached_property
    def presence(self) -> RedisPresence:
        return RedisPresence(self.redis)

    @cached_property
    def rosters(self) -> Rosters:
        return Rosters(self.device_store, self.presence)

    @cached_property
    def devices(self) -> DeviceService:
        kept = (self.device_store, self.presence, self.rosters, DeviceNews(self.queues))
        return DeviceService(*kept, self.tokens, self.queues, self.personal_queues, self.speakers, self.clock)

    @cached_property
    def registration(self) -> RegistrationService:
        kept = (self.device_store, self.presence, self.rosters, DeviceNews(self.queues))
        return RegistrationService(*kept, self.devices, self.tokens, self.queues, self.audit, self.clock)

    @cached_property
    def pairing_store(self) -> RedisPairings:
        return RedisPairings(self.redis)

    @cached_property
    def pairing(self) -> PairingService:
        return PairingService(self.pairing_store, self.devices, self.registration, self.limiter, self.clock)

    @cached_property
    def like_store(self) -> SqlLikes:
        return SqlLikes(self.engine)

    @cached_property
    def likes(self) -> LikeService:
        return LikeService(self.like_store, self.tracks, self.queues, self.clock)

    # -- tracks and media --------------------------------------------------------------------------------------

    @cached_property
    def library_roots(self) -> tuple[Path, ...]:
        """The operator's folders; when none of them is there, the music that comes with us."""
        return music_roots(self.settings.library_roots)

    @cached_property
    def library(self) -> RedisLibrary:
        return RedisLibrary(self.redis)

    @cached_property
    def library_version(self) -> LibraryVersion:
        return LibraryVersion(self.library, self.clock)

    @cached_property
    def tracks(self) -> TrackService:
        return TrackService(SqlStore(self.engine), self.library_version, self.queues, self.library_roots)

    @cached_property
    def data_folder(self) -> DataFolder:
        return DataFolder(self.settings.data / "tracks")

    @cached_property
    def data_files(self) -> DataFiles:
        return DataFiles(SqlStore(self.engine), self.data_folder, self.library_version, self.clock)

    @cached_property
    def readers(self) -> Readers:
        return Readers(self.settings.library_scan_processes)

    @cached_property
    def scan(self) -> Scan:
        store, places, roots = SqlStore(self.engine), SqlPlaces(self.engine), self.library_roots
        return Scan(store, places, self.library, self.data_folder, self.readers, self.clock, roots, self.sheet_intake)

    @cached_property
    def library_tasks(self) -> LibraryTasks:
        processes = self.settings.library_scan_processes
        return LibraryTasks(self.scan, SqlStore(self.engine), self.library_roots, processes)

    @cached_property
    def analyze_task(self) -> AnalyzeTask:
        return AnalyzeTask(self.scan, SqlStore(self.engine), self.analyses, self.library_roots)

    @cached_property
    def rename_task(self) -> RenameTask:
        return RenameTask(self.scan, SqlStore(self.engine), SqlMoves(self.engine), self.library_roots)

    @cached_property
    def analyses(self) -> SqlAnalyses:
        return SqlAnalyses(self.engine)

    @cached_property
    def library_keeper(self) -> LibraryService:
        store, places = SqlStore(self.engine), SqlPlaces(self.engine)
        return LibraryService(store, places, self.jobs, self.clock, self.library_roots)

    @cached_property
    def track_parts(self) -> PartService:
        return PartService(SqlStore(self.engine), self.library, self.library_keeper.announce)

    @cached_property
    def media(self) -> MediaService:
        key, ttl_s = load_or_make(self.keys / "media"), self.settings.media_token_ttl_s
        store = RedisMediaStore(self.redis)
        return MediaService(key, ttl_s, self.tracks, self.playback, self.devices, store, self.clock)

    @cached_property
    def previews(self) -> PreviewService:
        return PreviewService(self.tracks, self.queues, Previews(self.settings.data / "previews"))

    # -- KaraKara's clients ------------------------------------------------------------------------------------

    @cached_property
    def track_maps(self) -> TrackMaps:
        folder = MapFolder(self.settings.data / "karakara" / "tracks")
        return TrackMaps(SqlStore(self.engine), self.library, partial(room_tracks, self.queue_store), folder)

    @cached_property
    def videos(self) -> VideoFolder:
        return VideoFolder(self.settings.data / "karakara" / "videos")

    @cached_property
    def video_orders(self) -> VideoOrders:
        return VideoOrders(self.tracks, self.jobs, self.videos)

    @cached_property
    def attachments(self) -> AttachmentService:
        return AttachmentService(self.tracks, self.videos)

    # -- tracklists --------------------------------------------------------------------------------------------

    @cached_property
    def tracklist_store(self) -> SqlTracklists:
        return SqlTracklists(self.engine)

    @cached_property
    def tracklists(self) -> TracklistService:
        return TracklistService(self.tracklist_store, self.tracks, self.clock, tracklist_json)

    @cached_property
    def tracklist_versions(self) -> VersionService:
        return VersionService(self.tracklist_store, self.tracklists)

    @cached_property
    def tracklist_publishing(self) -> PublishingService:
        told = self.tracklist_news.cataloged
        return PublishingService(self.tracklist_store, self.tracklists, self.clock, self.track_parts, told)

    @cached_property
    def tracklist_intake(self) -> IntakeService:
        return IntakeService(self.tracklists, self.queues, self.tracks)

    @cached_property
    def recordings(self) -> LibraryRecordings:
        return LibraryRecordings(self.tracks, self.library_roots, self.settings.library_roots)

    @cached_property
    def cue(self) -> CueService:
        return CueService(SqlCueFiles(self.engine), self.tracklists, self.retrieval, self.recordings, self.clock)

    @cached_property
    def cue_jobs(self) -> CueJobs:
        return CueJobs(self.jobs)

    # -- the site of tracklists --------------------------------------------------------------------------------

    @cached_property
    def site(self) -> Site:
        return Site.of(self.settings.tracklists_base_url)

    @cached_property
    def manners(self) -> Manners:
        settings = self.settings
        return Manners(
            user_agent=user_agent(settings.tracklists_contact or settings.public_url),
            delay_s=settings.tracklists_delay_s,
            timeout_s=settings.tracklists_timeout_s,
            retries=settings.tracklists_retries,
            retry_s=settings.tracklists_retry_s,
            robots=settings.tracklists_robots == "on",
        )

    @cached_property
    def site_turns(self) -> RedisTurns:
        open_ms = round(self.settings.tracklists_breaker_s * 1000)
        return RedisTurns(self.redis, self.site.base, self.settings.tracklists_breaker_failures, open_ms)

    @cached_property
    def site_client(self) -> SiteClient:
        return SiteClient(self.site, self.manners, self.clock)

    @cached_property
    def site_visits(self) -> Visits:
        return Visits(self.site_client, self.site_turns, self.chance)

    @cached_property
    def site_cache(self) -> RedisCache:
        return RedisCache(self.redis, self.settings)

    @cached_property
    def tracklist_news(self) -> TracklistNews:
        return TracklistNews(RedisTracklistEvents(self.redis, self.settings.events_kept), self.clock)

    @cached_property
    def retrieval(self) -> RetrievalService:
        told = self.tracklist_news.processed
        return RetrievalService(self.site_visits, self.site, self.site_cache, self.tracklists, self.clock, told)

    @cached_property
    def tracklist_search(self) -> SearchService:
        return SearchService(self.site_visits, self.site, self.site_cache, self.clock)

    @cached_property
    def site_import(self) -> SiteImport:
        return SiteImport(self.retrieval, self.tracklists, self.tracklist_news.cataloged, self.cue.attempt)

    @cached_property
    def fetch_orders(self) -> FetchOrders:
        return FetchOrders(self.jobs, RedisOrders(self.redis))

    @cached_property
    def message_desk(self) -> MessageDesk:
        return MessageDesk(self.messages, self.tracklist_search, self.retrieval)

    @cached_property
    def site_upkeep(self) -> SiteUpkeep:
        return SiteUpkeep(self.site, self.manners, self.site_turns, self.site_cache, self.tracklists)

    @cached_property
    def batches(self) -> BatchService:
        return BatchService(self.jobs, self.site.page, self.site_upkeep.gap_s, self.clock)

    @cached_property
    def schedule_store(self) -> SqlSchedules:
        return SqlSchedules(self.engine)

    @cached_property
    def schedules(self) -> ScheduleService:
        return ScheduleService(self.schedule_store, self.batches, self.clock)

    @cached_property
    def timetable(self) -> Timetable:
        return Timetable(self.schedule_store, self.batches, self.sync_orders, self.jobs, self.clock)

    @cached_property
    def sync_store(self) -> SqlSyncs:
        return SqlSyncs(self.engine)

    @cached_property
    def sync(self) -> SyncService:
        return SyncService(self.sync_store, self.tracklist_store, self.tracklists, self.retrieval, self.clock)

    @cached_property
    def sync_orders(self) -> SyncOrders:
        return SyncOrders(self.jobs, self.sync, self.sync_store, self.schedules)

    @cached_property
    def sheet_intake(self) -> SheetIntake:
        """Its cuts are announced by the scan that it belongs to."""
        parts = PartService(SqlStore(self.engine), self.library)
        store, news = self.tracklist_store, self.tracklist_news
        publishing = PublishingService(store, self.tracklists, self.clock, parts, news.cataloged)
        return SheetIntake(store, self.tracks, self.tracklists, publishing, news, self.library_roots)

    # -- KaraKara ----------------------------------------------------------------------------------------------

    @cached_property
    def room_queue(self) -> RoomQueueService:
        verbs = (self.queues, self.adding, self.items, self.transport)
        return RoomQueueService(*verbs, self.variants, self.video_orders, self.clock)

    @cached_property
    def room_topics(self) -> RoomTopics | None:
        """None: there are no rooms."""
        if not self.settings.karakara_enabled:
            return None
        told = (self.track_maps.mtime, self.video_orders.want)
        return RoomTopics(self.queue_store, self.variants, *told, self.clock)

    @cached_property
    def other_topics(self) -> OtherTopics:
        return Several([each for each in (self.room_topics, self.home_topics) if each is not None])

    @cached_property
    def moving_over(self) -> MovingOver:
        adding = AddService(self.queue_store, self.tracks, self.clock, lambda *_: (), Unlimited(), self.chance)
        return MovingOver(self.queues, adding, SongNames(SqlStore(self.engine)), self.clock)

    # -- Home Assistant ----------------------------------------------------------------------------------------

    @cached_property
    def home_topics(self) -> HomeTopics | None:
        """None: it finds nothing here."""
        if self.settings.mqtt_discovery == "off":
            return None
        return HomeTopics(self.queue_store, self.tracks.some, self.settings)

    @cached_property
    def presses(self) -> Presses | None:
        """None: it has no buttons."""
        if self.settings.mqtt_discovery != "buttons":
            return None
        topics = Topics(self.settings.mqtt_prefix, self.settings.mqtt_discovery_prefix)
        return Presses(self.commands, self.audit, topics, self.settings.mqtt_discovery_queues)

    # -- monitoring --------------------------------------------------------------------------------------------

    def figures(self) -> Iterator[Figure]:
        """Of the clients that this process has used so far."""
        yield from self.redis.figures()
        if "engine" in self.__dict__:
            yield from pool_figures(self.engine)
        if "site_visits" in self.__dict__:
            yield from self.site_visits.figures()

    def reporter(self, *sources: FigureSource) -> Reporter:
        return Reporter(self.snapshots, own_name(), (self.figures, *sources), self.clock)

    @cached_property
    def snapshots(self) -> RedisSnapshots:
        return RedisSnapshots(self.redis)

    @cached_property
    def census(self) -> RedisCensus:
        return RedisCensus(self.redis)

    @cached_property
    def shared_figures(self) -> SharedFigures:
        return SharedFigures(self.census, self.task_store, self.site_upkeep)

    def monitor(self, reporter: Reporter) -> Monitor:
        return Monitor(reporter, self.snapshots, self.shared_figures, self.clock)

    def health(self, monitor: Monitor) -> HealthService:
        engines = EngineProbes(self.redis, self.engine, self.settings.data, self.clock)
        roles = RoleProbes(monitor, self.jobs, self.site_upkeep)
        speakers = SpeakerProbes(self.queue_store, self.presence, self.clock)
        return HealthService({**engines.checks(), **roles.checks(), **speakers.checks()})

    def stats(self, monitor: Monitor) -> StatsService:
        kept = (self.census, self.queues, SqlStore(self.engine), self.task_store, self.messages)
        return StatsService(*kept, self.site_upkeep, monitor, self.clock)

    @cached_property
    def lag(self) -> Lag:
        return Lag(self.clock)

    # -- stream ------------------------------------------------------------------------------------------------

    @cached_property
    def sources(self) -> QueueSources:
        return QueueSources(self.queue_store, self.clock)

    @cached_property
    def hub(self) -> Hub:
        log, kept = RedisEventLog(self.redis), self.settings.events_kept
        sources = Sources(self.sources, self.task_source)
        return Hub(log, sources, sources, buffer=self.settings.sse_buffer, kept=kept)

    @cached_property
    def discovery(self) -> Discovery:
        return Discovery(self.settings, self.clock)

    @cached_property
    def conductor(self) -> Conductor:
        return Conductor(self.queues, self.transport, self.playback, self.library, self.clock)

    @cached_property
    def device_watch(self) -> DeviceWatch:
        return DeviceWatch(self.devices, self.presence, self.clock)

    def lease(self, name: str, ttl_ms: int) -> Lease:
        holder = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        return Lease(self.redis, name, holder, ttl_ms)
