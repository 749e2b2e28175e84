"""Makes the demo music: `python config/demo/synthesise.py [--into FOLDER] [number ...]`."""

import argparse
from pathlib import Path

from synthesis.mastering import mastered
from synthesis.mixing import mix
from synthesis.score import SONGS, read
from synthesis.tagging import write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=Path(__file__).parent / "music", metavar="FOLDER")
    parser.add_argument("numbers", type=int, nargs="*", help="the tracks to make; all of them if none is named")
    wanted = parser.parse_args()
    for number, path in enumerate(sorted(SONGS.glob("*.toml")), 1):
        if not wanted.numbers or number in wanted.numbers:
            score = read(path)
            write(wanted.into / f"{path.stem}.flac", mastered(mix(score), score), score, number)


if __name__ == "__main__":
    main()
