"""Reads a file of iCalendar with python3-icalendar, and prints what read.mjs prints."""
import datetime
import json
import sys

import icalendar


def time(value):
    if not isinstance(value, datetime.datetime):
        return value.isoformat()
    return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


with open(sys.argv[1], "rb") as file:
    calendar = icalendar.Calendar.from_ical(file.read())
events = []
for e in calendar.walk("VEVENT"):
    events.append({
        "uid": str(e["UID"]), "title": str(e["SUMMARY"]), "description": str(e.get("DESCRIPTION", "")),
        "start": time(e["DTSTART"].dt), "end": time(e["DTEND"].dt) if "DTEND" in e else "",
        "cancelled": str(e.get("STATUS", "")) == "CANCELLED",
    })
print(json.dumps({"reader": "icalendar", "events": events}))
