// Read once by Node at the start of this process; threads and child processes would be slowed by it.
delete process.env.NODE_V8_COVERAGE;

// Far from UTC, with a part of an hour: a time that is local by mistake shows.
process.env.TZ = 'Asia/Kathmandu';
