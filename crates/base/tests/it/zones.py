"""Prints what Python's zoneinfo says about every time zone around every change of its clocks.

The first line names the database. Then, for each zone and each change from 2000 to 2040, one line of
fields split by spaces:

    zone instant before after day=end day=end day=end wall=offset wall=offset ...

`instant` and `end` are epoch seconds, `before`, `after` and `offset` seconds east of UTC, `end` the
first instant whose local date is later than `day`, `wall` a local date and time read with fold=0 (the
offset before a gap, the earlier of two). A zone without changes has one line at 2020-07-01, with the
offset twice. The ends are computed from the stretches of constant offset, not by adding a day.
"""

import datetime
import os
import sys
import zoneinfo

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)
DAY = 86400


def epoch(year):
    return int((datetime.datetime(year, 1, 1) - EPOCH).total_seconds())


FIRST, LAST = epoch(2000), epoch(2041)
# Searched a little wider, so that the days around the first and last change are right too.
SEARCH_FROM, SEARCH_TO = FIRST - 10 * DAY, LAST + 10 * DAY
STEP = 2 * DAY


def offset_at(zone, instant):
    moment = datetime.datetime.fromtimestamp(instant, UTC).astimezone(zone)
    return int(moment.utcoffset().total_seconds())


def changes_of(zone):
    """(instant, before, after) of each change, by bisection between samples two days apart."""
    changes = []
    low, low_offset = SEARCH_FROM, offset_at(zone, SEARCH_FROM)
    while low < SEARCH_TO:
        high = low + STEP
        high_offset = offset_at(zone, high)
        if high_offset != low_offset:
            left, right = low, high
            while right - left > 1:
                middle = (left + right) // 2
                if offset_at(zone, middle) == low_offset:
                    left = middle
                else:
                    right = middle
            changes.append((right, low_offset, offset_at(zone, right)))
            # Continue from the change itself: a second one may follow before the next sample.
            low, low_offset = right, offset_at(zone, right)
        else:
            low = high
    return changes


def end_of_day(stretches, day):
    """The first instant whose local date is later than `day` (in days since the epoch)."""
    midnight = (day + 1) * DAY
    ends = []
    for start, stop, offset in stretches:
        instant = max(start, midnight - offset)
        if instant < stop:
            ends.append(instant)
    return min(ends)


def wall_text(wall):
    return (EPOCH + datetime.timedelta(seconds=wall)).isoformat()


def fields_of(zone, changes, place):
    instant, before, after = changes[place]
    near = changes[max(0, place - 3) : place + 4]
    bounds = [SEARCH_FROM - 400 * DAY] + [change[0] for change in near] + [SEARCH_TO + 400 * DAY]
    offsets = [near[0][1]] + [change[2] for change in near]
    stretches = list(zip(bounds, bounds[1:], offsets))
    fields = [str(instant), str(before), str(after)]
    today = (instant + after) // DAY
    for day in (today - 1, today, today + 1):
        date = (EPOCH + datetime.timedelta(days=day)).date()
        fields.append(f"{date}={end_of_day(stretches, day)}")
    walls = {
        instant + before - 1,
        instant + before,
        instant + after - 1,
        instant + after,
        instant + (before + after) // 2,
        instant + min(before, after) - 1800,
        instant + max(before, after) + 1800,
        today * DAY + DAY // 2,
    }
    for wall in sorted(walls):
        text = wall_text(wall)
        local = datetime.datetime.fromisoformat(text).replace(tzinfo=zone)
        fields.append(f"{text}={int(local.utcoffset().total_seconds())}")
    return " ".join(fields)


def main():
    names = sorted(zoneinfo.available_timezones())
    folder = zoneinfo.TZPATH[0] if zoneinfo.TZPATH else "none"
    release = "unknown"
    try:
        with open(os.path.join(folder, "tzdata.zi"), encoding="utf-8") as text:
            release = text.readline().split()[-1]
    except OSError:
        pass
    print("database", folder, release, len(names))
    known = {}
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            content = file.read()
        # Many names are links: the same bytes give the same lines.
        if content not in known:
            zone = zoneinfo.ZoneInfo(name)
            changes = changes_of(zone)
            inside = [n for n, change in enumerate(changes) if FIRST <= change[0] < LAST]
            if inside:
                known[content] = [fields_of(zone, changes, place) for place in inside]
            else:
                instant = epoch(2020) + 182 * DAY
                offset = offset_at(zone, instant)
                known[content] = [fields_of(zone, [(instant, offset, offset)], 0)]
        for fields in known[content]:
            sys.stdout.write(f"{name} {fields}\n")


main()
