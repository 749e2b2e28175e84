"""The settings of PyQueue Server and of the Tracklist Service, as their READMEs have them."""

from pathlib import Path

import pytest

from api_queue.errors import StartRefused
from api_queue.foreign_settings import HONOURED, IGNORED
from api_queue.settings import Settings
from api_queue.settings_sources import LoadedSettings, load

NO_FILE = Path("/none")
#: To the letter.
DOTENV_OF_THE_README = """
# ===== STORAGE CONFIGURATION =====
# Choose your storage backend
STORAGE_BACKEND=json          # "json" or "sqlite"

# JSON storage settings (when STORAGE_BACKEND=json)
JSON_STORAGE_DIR=./data

# SQLite storage settings (when STORAGE_BACKEND=sqlite)
SQLITE_DB_PATH=./data/pyqueue.db

# ===== SERVER CONFIGURATION =====
HOST=localhost                # Server bind address
PORT=8000                    # Server port
DEBUG=true                   # Enable debug mode
LOG_LEVEL=INFO              # Logging level (DEBUG, INFO, WARNING, ERROR)

# ===== QUEUE CONFIGURATION =====
QUEUE_DATA_DIR=./data       # Legacy compatibility
MAX_MESSAGE_SIZE=262144     # Maximum message size in bytes (256KB)
DEFAULT_VISIBILITY_TIMEOUT=30  # Default visibility timeout in seconds
MAX_RECEIVE_COUNT=10        # Maximum receive count per message

# ===== API CONFIGURATION =====
API_V1_PREFIX=/api/v1       # API endpoint prefix
"""


def from_environment(**variables: str) -> LoadedSettings:
    return load([], variables, dotenv=NO_FILE)


def test_the_dotenv_of_the_readme_is_read_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(DOTENV_OF_THE_README)
    loaded = load([], {}, dotenv=tmp_path / ".env")
    assert loaded.settings == Settings(
        host="localhost",
        messages_storage="json",
        messages_json_folder="./data",
        messages_sqlite_file="./data/pyqueue.db",
    )
    assert [sentence.partition(" ")[0] for sentence in loaded.ignored] == ["DEBUG", "QUEUE_DATA_DIR"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("HOST", "127.0.0.1", "127.0.0.1"),
        ("PORT", "9000", 9000),
        ("LOG_LEVEL", "Warning", "warning"),
        ("STORAGE_BACKEND", "SQLite", "sqlite"),
        ("JSON_STORAGE_DIR", "/a", "/a"),
        ("SQLITE_DB_PATH", "/b", "/b"),
        ("MAX_MESSAGE_SIZE", "1000", 1000),
        ("DEFAULT_VISIBILITY_TIMEOUT", "5", 5),
        ("MAX_RECEIVE_COUNT", "3", 3),
        ("PYQUEUE_API_KEYS_JSON", "{}", "{}"),
        ("TRACKLIST_API_HOST", "127.0.0.1", "127.0.0.1"),
        ("TRACKLIST_API_PORT", "9000", 9000),
        ("TRACKLIST_API_WORKERS", "1", 1),
        ("TRACKLIST_API_LOG_LEVEL", "info", "info"),
        ("TRACKLIST_LOG_LEVEL", "INFO", "info"),
        ("TRACKLIST_SCRAPING_BASE_URL", "https://1001tracklists.com", "https://1001tracklists.com"),
        ("TRACKLIST_SCRAPING_REQUEST_TIMEOUT", "30", 30.0),
        ("TRACKLIST_SCRAPING_MAX_RETRIES", "3", 3),
        ("TRACKLIST_SCRAPING_RETRY_DELAY_BASE", "1.0", 1.0),
        ("TRACKLIST_SCRAPING_RATE_LIMIT_DELAY", "5.0", 5.0),
        ("TRACKLIST_SCRAPING_RESPECT_ROBOTS_TXT", "true", "on"),
        ("TRACKLIST_SCRAPING_RESPECT_ROBOTS_TXT", "False", "off"),
        ("TRACKLIST_CACHE_ENABLED", "false", "off"),
        ("TRACKLIST_CACHE_SEARCH_TTL_HOURS", "12", 12.0),
        ("TRACKLIST_CACHE_FAILED_SEARCH_TTL_MINUTES", "30", 30.0),
    ],
)
def test_a_name_that_is_honoured_sets_our_key(name: str, text: str, value: object) -> None:
    loaded = from_environment(**{name: text})
    assert getattr(loaded.settings, HONOURED[name]) == value
    assert loaded.sources == {HONOURED[name]: "the environment"}


def test_our_name_wins_over_theirs() -> None:
    assert from_environment(PORT="1", API_QUEUE_PORT="2").settings.port == 2


@pytest.mark.parametrize("name", IGNORED)
def test_a_name_that_is_ignored_says_what_to_use_instead(name: str) -> None:
    loaded = from_environment(**{name: "1"})
    assert loaded.settings == Settings()
    assert loaded.ignored == (f"{name} in the environment is ignored: {IGNORED[name]}",)


@pytest.mark.parametrize("prefix", ["/api/v1", "/api/v1/"])
def test_the_prefix_that_we_have_is_accepted(prefix: str) -> None:
    assert from_environment(API_V1_PREFIX=prefix).settings == Settings()


@pytest.mark.parametrize("prefix", ["/api/v2", "", "/"])
def test_another_prefix_refuses_the_start(prefix: str) -> None:
    with pytest.raises(StartRefused, match="API_V1_PREFIX in the environment can only be /api/v1"):
        from_environment(API_V1_PREFIX=prefix)
