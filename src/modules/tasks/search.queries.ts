import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { firstUuidAt } from '../../kernel/ids.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Database } from '../../platform/db/database.js';
import type { ListedTask, TaskState } from './task.js';
import { PRIORITIES, TASK_SOURCES, TASK_STATES } from './task.js';
import type { TaskFilter, TaskPage } from './task-filter.js';
import { LISTED_COLUMNS, listedFromRow } from './tasks.schema.js';
import type { TasksSchema } from './tasks.schema.js';

/** Tasks that one page looks at, at most, where conditions meet that no index has together. */
const LOOK_AT = 2_000;
/** Tasks that one statement counts, so that other reads come in between. */
const COUNT_AT_ONCE = 20_000;
/** A compound of SQLite has 500 parts. */
const MOST_LISTS = 400;

const COLUMNS = sql.join(LISTED_COLUMNS.map((column) => sql.ref(column)));

/** Ids by one index, newest last or first: a statement that selects `id` alone, without order. */
type List = (range: Range) => RawBuilder<{ id: Uuid }>;

/** Ids from `from` on and before `before`. */
interface Range {
  from?: Uuid | undefined;
  before?: Uuid | undefined;
}

interface Combination {
  state: TaskState;
  type: string;
  priority: number;
  source: string;
}

export type TaskSearch = ReturnType<typeof createTaskSearch>;

/**
 * The search over the ledger, newest first, in bounded time whatever matches. Ids are UUIDv7, so a time is a bound on ids.
 * State, type, priority and source together are one index: the few combinations of them that a filter allows are lists in the
 * order of ids, which the database merges. Other conditions are a list each; where there are several, the shortest is walked.
 */
export function createTaskSearch(db: Database) {
  const schema = db.schema<TasksSchema>();

  /** At most `limit` tasks. */
  async function page(filter: TaskFilter, limit: number): Promise<TaskPage> {
    const range = rangeOf(filter);
    const lists = listsOf(filter);
    const combinations = await combinationsOf(filter);
    if (combinations?.length === 0) return { items: [], next: null };
    if (lists.length === 0) return fullPage(await byIndex(combinations, range, limit + 1), limit);
    return walk(filter, lists, combinations, range, limit);
  }

  /** Tasks that match, counted no further than `most`. */
  async function count(filter: TaskFilter, most: number): Promise<number> {
    const lists = listsOf(filter);
    const combinations = await combinationsOf(filter);
    if (combinations?.length === 0) return 0;
    const range = rangeOf(filter);
    let found = 0;
    if (lists.length > 0) {
      const { list } = await shortest(lists, combinations, range);
      return countIn(list, range, most, residual(filter, combinations));
    }
    for (const combination of combinations ?? [undefined]) {
      found += await countIn(combination ? listOf(combination) : allTasks, range, most - found);
      if (found >= most) break;
    }
    return found;
  }

  async function byIndex(
    combinations: Combination[] | undefined,
    range: Range,
    limit: number,
  ): Promise<ListedTask[]> {
    if (!combinations) return tasksOf(allTasks, range, limit);
    const found: ListedTask[] = [];
    for (const some of chunks(combinations, MOST_LISTS)) {
      found.push(...(await tasksOf(merged(some, limit), range, limit)));
    }
    return found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
  }

  async function walk(
    filter: TaskFilter,
    lists: readonly List[],
    combinations: Combination[] | undefined,
    range: Range,
    limit: number,
  ): Promise<TaskPage> {
    const { list, floor } = await shortest(lists, combinations, range);
    const condition = residual(filter, combinations);
    const window = floor === null ? range : { ...range, from: floor };
    const items = await tasksOf(list, window, limit + 1, condition);
    if (items.length > limit || floor === null) return fullPage(items, limit);
    return { items, next: floor };
  }

  /** The list that is worth walking, and how far down one page goes; null where that is to its end. */
  async function shortest(
    lists: readonly List[],
    combinations: Combination[] | undefined,
    range: Range,
  ): Promise<{ list: List; floor: Uuid | null }> {
    const all = lists.map((list) => ({ list, isMerged: false }));
    if (combinations && combinations.length <= MOST_LISTS) {
      all.push({ list: together(combinations), isMerged: true });
    }
    const measured = await Promise.all(
      all.map(async ({ list, isMerged }) => ({ list, isMerged, ...(await measure(list, range, isMerged)) })),
    );
    // What is merged has no order to be walked in: it serves where it is short enough to be looked at whole.
    const usable = measured.filter(({ isMerged, length }) => !isMerged || length < LOOK_AT);
    const [best] = usable.sort((a, b) => a.length - b.length || ((a.floor ?? '') < (b.floor ?? '') ? -1 : 1));
    return { list: best!.list, floor: best!.length < LOOK_AT ? null : best!.floor };
  }

  async function measure(list: List, range: Range, isMerged: boolean, most = LOOK_AT) {
    const order = isMerged ? sql`` : sql`order by id desc`;
    const rows = await run<{ length: number; floor: Uuid | null }>(
      sql`select count(*) as length, min(id) as floor from (
        select id from (${list(range)}) as list ${order} limit ${most}) as found`,
    );
    return rows[0]!;
  }

  async function countIn(
    list: List,
    range: Range,
    most: number,
    condition?: RawBuilder<unknown>,
  ): Promise<number> {
    let found = 0;
    for (let before = range.before; found < most;) {
      const here = { ...range, before };
      const { length, floor } = await measure(list, here, false, COUNT_AT_ONCE);
      found += condition ? await countWhere(list, { ...here, from: floor ?? here.from }, condition) : length;
      if (length < COUNT_AT_ONCE || floor === null) break;
      before = floor;
    }
    return Math.min(found, most);
  }

  async function countWhere(list: List, range: Range, condition: RawBuilder<unknown>): Promise<number> {
    const rows = await run<{ count: number }>(
      sql`select count(*) as count ${joined(list, range, sql`tasks.id`, condition)}`,
    );
    return rows[0]!.count;
  }

  async function tasksOf(list: List, range: Range, limit: number, condition: RawBuilder<unknown> = sql``) {
    const rows = await run<Parameters<typeof listedFromRow>[0]>(
      sql`select ${COLUMNS} ${joined(list, range, COLUMNS, condition)} order by found.id desc limit ${limit}`,
    );
    return rows.map(listedFromRow);
  }

  /** The newest of all combinations. SQLite merges the lists, and reads each as far as it goes; PostgreSQL may sort them all. */
  function merged(combinations: readonly Combination[], limit: number): List {
    const newest = sql`order by id desc limit ${limit}`;
    if (db.dialect === 'sqlite') return (range) => sql`${together(combinations)(range)} ${newest}`;
    return (range) => {
      const heads = combinations.map((combination) => sql`(${listOf(combination)(range)} ${newest})`);
      return sql`select id from (${sql.join(heads, sql` union all `)}) as heads ${newest}`;
    };
  }

  /** The rows that a list leads to, one look-up each: no planner is to think of reading the whole table instead. */
  function joined(list: List, range: Range, columns: RawBuilder<unknown>, condition: RawBuilder<unknown>) {
    const rows = sql`tasks where tasks.id = found.id ${condition}`;
    return db.dialect === 'sqlite'
      ? sql`from (${list(range)}) as found cross join ${rows}`
      : sql`from (${list(range)}) as found cross join lateral (select ${columns} from ${rows} offset 0) as tasks`;
  }

  /** The combinations that a filter allows, of the types that there are; undefined where it says nothing of them. */
  async function combinationsOf(filter: TaskFilter): Promise<Combination[] | undefined> {
    const { states = TASK_STATES, type, priority, source } = filter;
    if (!filter.states && type === undefined && !priority && !source) return undefined;
    const pairs = type === undefined ? await typesIn(states) : states.map((state) => ({ state, type }));
    const priorities = priority ? [PRIORITIES[priority]] : Object.values(PRIORITIES);
    const sources = source ? [source] : TASK_SOURCES;
    return pairs.flatMap((pair) =>
      priorities.flatMap((one) => sources.map((other) => ({ ...pair, priority: one, source: other }))),
    );
  }

  /** The types that tasks in these states have, by one step in the index for each. */
  async function typesIn(states: readonly TaskState[]): Promise<{ state: TaskState; type: string }[]> {
    if (states.length === 0) return [];
    const walks = states.map((state, i) => {
      const [name, value] = [sql.ref(`walk${i}`), sql.lit(state)];
      return sql`${name}(type) as (select min(type) from tasks where state = ${value} union all
        select (select min(t.type) from tasks as t where t.state = ${value} and t.type > ${name}.type)
        from ${name} where type is not null)`;
    });
    const ends = states.map(
      (state, i) =>
        sql`select ${sql.lit(state)} as state, type from ${sql.ref(`walk${i}`)} where type is not null`,
    );
    return run(sql`with recursive ${sql.join(walks)} ${sql.join(ends, sql` union all `)}`);
  }

  async function run<O>(statement: RawBuilder<unknown>): Promise<O[]> {
    return (await (statement as RawBuilder<O>).execute(schema)).rows;
  }

  return { page, count };
}

function rangeOf({ fromMs, toMs, before }: TaskFilter): Range {
  const to = toMs === undefined ? undefined : firstUuidAt(toMs);
  const lower = to === undefined || (before !== undefined && before < to) ? before : to;
  return { from: fromMs === undefined ? undefined : firstUuidAt(fromMs), before: lower };
}

/** One for each condition that has an index of its own. */
function listsOf(filter: TaskFilter): List[] {
  const lists = (filter.keys ?? []).map(
    (key): List =>
      (range) =>
        sql`select task_id as id from task_keys where key = ${key} ${within('task_id', range)}`,
  );
  const { correlationKey, retryOf, retried } = filter;
  if (correlationKey !== undefined) {
    lists.push(
      (range) => sql`select id from tasks where correlation_key = ${correlationKey} ${within('id', range)}`,
    );
  }
  if (retryOf !== undefined) {
    lists.push((range) => sql`select id from tasks where retry_of = ${retryOf} ${within('id', range)}`);
  }
  if (retried) {
    lists.push(
      (range) =>
        sql`select retry_of as id from tasks where retry_of is not null ${within('retry_of', range)}`,
    );
  }
  return lists;
}

/** Every condition of a filter but its range, on a row of `tasks` that a list has led to. */
function residual(filter: TaskFilter, combinations: Combination[] | undefined): RawBuilder<unknown> {
  const { states, type, priority, source, correlationKey, retryOf, retried } = filter;
  const parts: RawBuilder<unknown>[] = [];
  if (combinations && states) parts.push(sql`and tasks.state in (${sql.join(states)})`);
  if (type !== undefined) parts.push(sql`and tasks.type = ${type}`);
  if (priority) parts.push(sql`and tasks.priority = ${PRIORITIES[priority]}`);
  if (source) parts.push(sql`and tasks.source = ${source}`);
  if (correlationKey !== undefined) parts.push(sql`and tasks.correlation_key = ${correlationKey}`);
  if (retryOf !== undefined) parts.push(sql`and tasks.retry_of = ${retryOf}`);
  if (retried) parts.push(sql`and exists (select 1 from tasks as later where later.retry_of = tasks.id)`);
  for (const key of filter.keys ?? []) {
    parts.push(sql`and exists (select 1 from task_keys where key = ${key} and task_id = found.id)`);
  }
  return parts.length === 0 ? sql`` : sql.join(parts, sql` `);
}

const allTasks: List = (range) => sql`select id from tasks where true ${within('id', range)}`;

function listOf({ state, type, priority, source }: Combination): List {
  return (range) => sql`select id from tasks where state = ${state} and type = ${type}
    and priority = ${priority} and source = ${source} ${within('id', range)}`;
}

function together(combinations: readonly Combination[]): List {
  return (range) =>
    sql.join(
      combinations.map((combination) => listOf(combination)(range)),
      sql` union all `,
    );
}

function within(column: string, { from, before }: Range): RawBuilder<unknown> {
  const id = sql.ref(column);
  const lower = from === undefined ? sql`` : sql`and ${id} >= ${from}`;
  return before === undefined ? lower : sql`${lower} and ${id} < ${before}`;
}

function fullPage(found: ListedTask[], limit: number): TaskPage {
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? items.at(-1)!.id : null };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const all: T[][] = [];
  for (let from = 0; from < items.length; from += size) all.push(items.slice(from, from + size));
  return all;
}
