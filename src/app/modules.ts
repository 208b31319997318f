import { createAlertsAndBot } from './features/alerts-and-bot.js';
import { createDeadLetters } from './features/dead-letters.js';
import { createNotifications } from './features/notifications.js';
import { createEquipment } from './features/equipment.js';
import { createRates } from './features/rates.js';
import { createReports } from './features/reports.js';
import { createSensors } from './features/sensors.js';
import { createSystem } from './features/system.js';
import type { Foundation } from './foundation.js';
import type { Module } from './module.js';
import type { Readiness } from './readiness.js';
import { topologyOf } from './topology.js';

/** Every feature, wired: the one list of what Switchyard does, in the order of start. */
export function createModules(foundation: Foundation, readiness: () => Readiness): readonly Module[] {
  const { broker, live, tasks } = foundation;
  const rates = createRates(foundation);
  const { modules: alertsAndBot, telegram } = createAlertsAndBot(foundation, rates.api);
  const modules: Module[] = [
    createReports(foundation, rates.api),
    createEquipment(foundation),
    createDeadLetters(foundation),
    rates,
    ...alertsAndBot,
    live,
  ];
  const sensors = createSensors(foundation, { announce: (type) => notifications.api.announce(type) });
  const notifications = createNotifications(foundation, {
    modules: () => [tasks, ...modules],
    clientExists: sensors.api.clientExists,
    telegram,
  });
  modules.push(sensors, notifications);
  modules.push(createSystem(foundation, { readiness, topologies: () => topologyOf(modules, broker.kind) }));
  live.use([...tasks.topics, ...modules.flatMap(({ topics }) => topics ?? [])]);
  for (const { runners } of modules) tasks.use(runners ?? []);
  return modules;
}
