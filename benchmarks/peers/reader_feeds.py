"""Contender: lemon24/reader, feeds only, as its documentation shows it.

python reader_feeds.py add DB FEEDS.txt    once, not measured
python reader_feeds.py update DB           one round over all feeds
"""

import sys
from pathlib import Path

from reader import make_reader

WORKERS = 10

if __name__ == "__main__":
    action, database, *rest = sys.argv[1:]
    with make_reader(database) as reader:
        if action == "add":
            for url in Path(rest[0]).read_text(encoding="utf-8").split():
                reader.add_feed(url)
        else:
            reader.update_feeds(workers=WORKERS, scheduled=False)
