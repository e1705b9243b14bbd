"""Runs features.sql over the CSV files of a directory; writes the rows as JSON, NULL as null.

usage: run_sql.py DIRECTORY QUERY
"""

import json
import sys
from pathlib import Path

import duckdb

directory, query = Path(sys.argv[1]), Path(sys.argv[2])
database = duckdb.connect()
database.execute("SET threads = 1")
for file in sorted(directory.glob("*.csv")):
    database.execute(f"CREATE TABLE {file.stem} AS FROM read_csv('{file}', header = true)")
result = database.execute(query.read_text())
names = [column[0] for column in result.description]
rows = [dict(zip(names, row)) for row in result.fetchall()]
(directory / "features.json").write_text(json.dumps(rows))
