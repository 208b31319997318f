import type { Clock } from '../../../kernel/clock.js';
import type { EventLog, StoredEvent } from '../../../kernel/event.js';
import { newUuid } from '../../../kernel/ids.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import type { Alarm } from './alarm.js';
import { IDLE, step } from './alarm-machine.js';
import type { Input, Watch } from './alarm-machine.js';
import { isAbout } from './alarm-rule.js';
import type { AlarmRule } from './alarm-rule.js';
import type { AlarmRulesRepository } from './alarm-rules.repository.js';
import { alarmView } from './alarm-view.js';
import type { AlarmsRepository } from './alarms.repository.js';
import type { KeptWatch, WatchedSensor, WatchesRepository } from './watches.repository.js';

export interface WatchAlarmsDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  rules: AlarmRulesRepository;
  alarms: AlarmsRepository;
  watches: WatchesRepository;
  mostRules: number;
}

const STATUS_CHANGED = 'sensor.status-changed';
const PAGE = 500;

/** What was read of the event log: after the position that had been followed, or before the first look where it ends. */
type Page = { from: number; events: readonly StoredEvent[] } | { from: undefined; last: number };

/** A status change, as the event log has it. */
interface Change {
  position: number;
  sensorId: string;
  to: string;
  at: number;
}

export type AlarmWatch = ReturnType<typeof createAlarmWatch>;

/**
 * Raises and clears alarms: by the changes of status in the order of the event log, from a position of its own, and by time.
 * All that one look finds is one transaction with the new position, so a crash repeats and leaves out nothing, and what a
 * rule waits for is stored. One replica looks; a second that believes to lead fails at the position.
 *
 * A revision of a rule follows the changes after the position at which it was made. How a sensor was before is looked up once,
 * as of the position that is followed: a sensor whose next change is still to be followed is left to that change.
 */
export function createAlarmWatch(deps: WatchAlarmsDeps) {
  const { db, clock, events, rules, alarms, watches } = deps;

  /** Works off what has happened and what has become due; returns whether there may be more. */
  async function look(): Promise<boolean> {
    const hasOutdated = await clearOutdated();
    // Read before the rules: whichever rule was there before a change is among them.
    const page = await readPage();
    const all = (await rules.list(undefined, deps.mostRules)).filter(({ enabled }) => enabled);
    const more = [
      hasOutdated,
      await followChanges(all, page),
      await meetDue(all),
      ...(await inTurn(all.filter(isForSilence).map((rule) => () => lookForSilence(rule)))),
      ...(await inTurn(
        all.filter(({ scanAfter }) => scanAfter !== null).map((rule) => () => lookBack(rule)),
      )),
    ];
    return more.includes(true);
  }

  async function clearOutdated(): Promise<boolean> {
    const found = await alarms.outdated(PAGE);
    if (found.length === 0) return false;
    const tx = db.begin();
    for (const alarm of found) clear(tx, alarm);
    await db.commit(tx);
    return found.length === PAGE;
  }

  async function readPage(): Promise<Page> {
    const from = await watches.position();
    return from === undefined
      ? { from, last: await events.last() }
      : { from, events: await events.read(from, PAGE) };
  }

  async function followChanges(all: readonly AlarmRule[], page: Page): Promise<boolean> {
    const tx = db.begin();
    if (page.from === undefined) {
      watches.advance(tx, page.from, Math.min(page.last, ...all.map(({ sincePosition }) => sincePosition)));
      return commit(tx);
    }
    const last = page.events.at(-1);
    if (last === undefined) return false;
    await applyChanges(tx, all, changesIn(page.events));
    watches.advance(tx, page.from, last.position);
    await commit(tx);
    return page.events.length === PAGE;
  }

  /** Whether nobody was faster. */
  async function commit(tx: Tx): Promise<boolean> {
    try {
      await db.commit(tx);
      return true;
    } catch (error) {
      if (error instanceof TxConflict) return false;
      throw error;
    }
  }

  async function applyChanges(tx: Tx, all: readonly AlarmRule[], changes: readonly Change[]): Promise<void> {
    const ids = [...new Set(changes.map(({ sensorId }) => sensorId))];
    if (ids.length === 0 || all.length === 0) return;
    const sensors = new Map((await watches.sensors(ids)).map((sensor) => [sensor.id, sensor]));
    const desk = await openDesk(tx, ids);
    for (const { position, sensorId, to, at } of changes) {
      const sensor = sensors.get(sensorId);
      if (!sensor) continue;
      for (const rule of all) {
        if (position <= rule.sincePosition) continue;
        if (rule.condition.kind === 'silent' || !isAbout(rule, sensor)) continue;
        desk.apply(rule, { ...sensor, status: to }, { kind: 'changed', to, at });
      }
    }
    desk.close();
  }

  async function meetDue(all: readonly AlarmRule[]): Promise<boolean> {
    const now = clock.now();
    const due = await watches.due(now, PAGE);
    if (due.length === 0) return false;
    const byId = new Map(all.map((rule) => [rule.id, rule]));
    const ids = [...new Set(due.map(({ sensorId }) => sensorId))];
    const sensors = new Map((await watches.sensors(ids)).map((sensor) => [sensor.id, sensor]));
    const tx = db.begin();
    const desk = await openDesk(tx, ids);
    for (const { ruleId, sensorId } of due) {
      const [rule, sensor] = [byId.get(ruleId), sensors.get(sensorId)];
      if (rule && sensor) desk.apply(rule, sensor, { kind: 'tick', at: now });
      else watches.drop(tx, ruleId, sensorId);
    }
    desk.close();
    await db.commit(tx);
    return due.length === PAGE;
  }

  /** What was so before the rule was made or changed. */
  async function lookBack(rule: AlarmRule): Promise<boolean> {
    const from = await watches.position();
    if (from === undefined || from < rule.sincePosition) return true;
    const page = await watches.inScope(rule, PAGE);
    await events.settled(); // now each change that shows in the page can be read
    const ahead = await events.read(from, PAGE);
    if (ahead.length === PAGE) return true;
    const changing = new Set(changesIn(ahead).map(({ sensorId }) => sensorId));
    const tx = db.begin();
    const desk = await openDesk(
      tx,
      page.map(({ id }) => id),
    );
    const now = clock.now();
    for (const sensor of page) {
      if (rule.condition.kind !== 'status' || sensor.status === null || changing.has(sensor.id)) continue;
      desk.apply(rule, sensor, { kind: 'changed', to: sensor.status, at: sensor.changedAt ?? now });
      desk.apply(rule, sensor, { kind: 'tick', at: now });
    }
    desk.close();
    rules.scanned(tx, rule, page.length === PAGE ? page.at(-1)!.id : null);
    watches.advance(tx, from, from);
    return !(await commit(tx)) || page.length === PAGE;
  }

  async function lookForSilence(rule: AlarmRule): Promise<boolean> {
    const heardUntil = clock.now() - rule.forMs;
    const [silent, heard] = [
      await watches.silentSince(rule, heardUntil, PAGE),
      await alarms.heardAgain(rule.id, heardUntil, PAGE),
    ];
    if (silent.length + heard.length === 0) return false;
    const tx = db.begin();
    for (const sensor of silent) raise(tx, rule, sensor);
    for (const alarm of heard) clear(tx, alarm);
    await db.commit(tx);
    return silent.length === PAGE || heard.length === PAGE;
  }

  /** What is known of some sensors under all rules, changed step by step; what came of it is added to `tx`. */
  async function openDesk(tx: Tx, sensorIds: readonly string[]) {
    const active = new Map((await alarms.activeOf(sensorIds)).map((alarm) => [keyOf(alarm), alarm]));
    const kept = new Map((await watches.of(sensorIds)).map((watch) => [keyOf(watch), watch]));
    const changed = new Map<string, { rule: AlarmRule; sensorId: string; kept: KeptWatch | undefined }>();

    function apply(rule: AlarmRule, sensor: WatchedSensor, input: Input): void {
      const key = keyOf({ ruleId: rule.id, sensorId: sensor.id });
      const before = kept.get(key);
      const { watch: after, act, dueAt } = step(rule, watchOf(rule, key), input);
      if (act === 'raise') active.set(key, raise(tx, rule, sensor));
      if (act === 'clear') end(key);
      const { since, changes } = after;
      const ids = { ruleId: rule.id, sensorId: sensor.id, revision: rule.revision };
      const next = dueAt === null ? undefined : { ...ids, since, changes, dueAt };
      if (next) kept.set(key, next);
      else kept.delete(key);
      if (before || next) changed.set(key, { rule, sensorId: sensor.id, kept: next });
    }

    /** How things stand by its revision; an alarm of an earlier one ends here. */
    function watchOf(rule: AlarmRule, key: string): Watch {
      const [alarm, before] = [active.get(key), kept.get(key)];
      if (alarm && alarm.ruleRevision < rule.revision) end(key);
      const watch: Watch = {
        ...(before?.revision === rule.revision ? before : IDLE),
        active: active.has(key),
      };
      // While its alarm is active, since when it holds decides nothing, and is not kept.
      if (watch.active && rule.condition.kind === 'status') watch.since ??= 0;
      return watch;
    }

    function end(key: string): void {
      clear(tx, active.get(key)!);
      active.delete(key);
    }

    function close(): void {
      for (const { rule, sensorId, kept: watch } of changed.values()) {
        if (watch) watches.keep(tx, watch);
        else watches.drop(tx, rule.id, sensorId);
      }
    }

    return { apply, close };
  }

  function raise(tx: Tx, rule: AlarmRule, sensor: WatchedSensor): Alarm {
    const now = clock.now();
    const alarm: Alarm = {
      ...{ id: newUuid(now), ruleId: rule.id, ruleName: rule.name, ruleRevision: rule.revision },
      ...{ severity: rule.severity, sensorId: sensor.id, clientId: sensor.clientId, status: sensor.status },
      ...{ raisedAt: now, clearedAt: null, acknowledgedAt: null, acknowledgedBy: null, note: null },
      version: 1,
    };
    alarms.insert(tx, alarm);
    events.append(tx, alarmEvent('sensor.alarm-raised', alarm, now));
    return alarm;
  }

  function clear(tx: Tx, alarm: Alarm): void {
    const now = clock.now();
    alarms.clear(tx, alarm, now);
    events.append(tx, alarmEvent('sensor.alarm-cleared', { ...alarm, clearedAt: now }, now));
  }

  return { look };
}

/** An event about an alarm is one of its sensor, so that it has its place among the changes of status. */
export function alarmEvent(
  type: 'sensor.alarm-raised' | 'sensor.alarm-cleared' | 'sensor.alarm-acknowledged',
  alarm: Alarm,
  time: number,
) {
  return { type, subject: `sensors/${alarm.sensorId}`, time, data: JSON.stringify(alarmView(alarm)) };
}

function isForSilence({ condition }: AlarmRule): boolean {
  return condition.kind === 'silent';
}

function keyOf({ ruleId, sensorId }: { ruleId: string; sensorId: string }): string {
  return `${ruleId} ${sensorId}`;
}

function changesIn(page: readonly StoredEvent[]): Change[] {
  return page
    .filter(({ type }) => type === STATUS_CHANGED)
    .map(({ position, data, time }) => {
      const { sensor_id: sensorId, to } = JSON.parse(data) as { sensor_id: string; to: string };
      return { position, sensorId, to, at: time };
    });
}

async function inTurn(works: readonly (() => Promise<boolean>)[]): Promise<boolean[]> {
  const done: boolean[] = [];
  for (const work of works) done.push(await work());
  return done;
}
