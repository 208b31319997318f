// Written by tsoa from the controllers; never edited. `npm run generate` writes it again.
import type { Models, Route } from '../platform/http/route-table.js';
import { TaskBulksController } from './../modules/tasks/task-bulks.controller.js';
import { TasksController } from './../modules/tasks/tasks.controller.js';
import { TaskTypesController } from './../modules/tasks/task-types.controller.js';
import { SystemController } from './../modules/system/system.controller.js';
import { SensorsController } from './../modules/sensors/registry/sensors.controller.js';
import { SensorImportController } from './../modules/sensors/registry/import.controller.js';
import { ClientsController } from './../modules/sensors/registry/clients.controller.js';
import { SensorEventsController } from './../modules/sensors/intake/events.controller.js';
import { AlarmsController } from './../modules/sensors/alarms/alarms.controller.js';
import { AlarmRulesController } from './../modules/sensors/alarms/alarm-rules.controller.js';
import { ReportsController } from './../modules/reports/reports.controller.js';
import { TradeInfoController } from './../modules/rates/trade-info.controller.js';
import { RatesController } from './../modules/rates/rates.controller.js';
import { AlertsController } from './../modules/rates/alerts/alerts.controller.js';
import { WebhooksController } from './../modules/notifications/webhooks.controller.js';
import { DeliveriesController } from './../modules/notifications/deliveries.controller.js';
import { EquipmentController } from './../modules/equipment/equipment.controller.js';
import { DevicesController } from './../modules/equipment/inventory/devices.controller.js';
import { BatchesController } from './../modules/equipment/batches/batches.controller.js';
import { DeadLettersController } from './../modules/dead-letters/dead-letters.controller.js';
import { TokensController } from './../modules/access/tokens.controller.js';

export const models: Models = {
  "FieldError": {
    dataType: 'refObject',
    properties: {
      "pointer": {"dataType":"string","required":true},
      "detail": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "Problem": {
    dataType: 'refObject',
    properties: {
      "type": {"dataType":"enum","enums":["about:blank"],"required":true},
      "title": {"dataType":"string","required":true},
      "status": {"dataType":"double","required":true},
      "detail": {"dataType":"string","required":true},
      "instance": {"dataType":"string","required":true},
      "code": {"dataType":"string","required":true},
      "request_id": {"dataType":"string","required":true},
      "errors": {"dataType":"array","array":{"dataType":"refObject","ref":"FieldError"}},
    },
    additionalProperties: false,
  },

  "TaskBulkAcceptedOut": {
    dataType: 'refObject',
    properties: {
      "dry_run": {"dataType":"enum","enums":[false],"required":true},
      "matched": {"dataType":"double","required":true},
      "accepted": {"dataType":"double","required":true},
      "bulk_id": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "TaskBulkPreviewOut": {
    dataType: 'refObject',
    properties: {
      "dry_run": {"dataType":"enum","enums":[true],"required":true},
      "matched": {"dataType":"double","required":true},
    },
    additionalProperties: false,
  },

  "TaskState": { dataType: 'refAlias', type: {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["pending"]},{"dataType":"enum","enums":["in_work"]},{"dataType":"enum","enums":["completed"]},{"dataType":"enum","enums":["error"]},{"dataType":"enum","enums":["cancelled"]}],"validators":{}} },

  "Priority": { dataType: 'refAlias', type: {"dataType":"enum","enums":["low","normal","high"],"validators":{}} },

  "TaskSource": { dataType: 'refAlias', type: {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["rest"]},{"dataType":"enum","enums":["queue"]}],"validators":{}} },

  "TaskFilterIn": {
    dataType: 'refObject',
    properties: {
      "type": {"dataType":"string","validators":{"maxLength":{"value":128}}},
      "status": {"ref":"TaskState"},
      "phone": {"dataType":"integer","validators":{"isInt":{"errorMsg":"phone"},"minimum":{"value":0}}},
      "equipment_id": {"dataType":"string","validators":{"maxLength":{"value":128}}},
      "correlation_id": {"dataType":"string","validators":{"maxLength":{"value":256}}},
      "from": {"dataType":"datetime","validators":{"isDateTime":{"errorMsg":"from"}}},
      "to": {"dataType":"datetime","validators":{"isDateTime":{"errorMsg":"to"}}},
      "error": {"dataType":"string","validators":{"maxLength":{"value":400}}},
      "priority": {"ref":"Priority"},
      "source": {"ref":"TaskSource"},
      "retry_of": {"dataType":"string","validators":{"maxLength":{"value":64}}},
    },
    additionalProperties: false,
  },

  "TaskBulkIn": {
    dataType: 'refObject',
    properties: {
      "filter": {"ref":"TaskFilterIn","required":true},
      "dry_run": {"dataType":"boolean"},
    },
    additionalProperties: false,
  },

  "BulkAction": { dataType: 'refAlias', type: {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["retry"]},{"dataType":"enum","enums":["cancel"]},{"dataType":"enum","enums":["index-errors"]}],"validators":{}} },

  "TaskBulkOut": {
    dataType: 'refObject',
    properties: {
      "bulk_id": {"dataType":"string","required":true},
      "action": {"ref":"BulkAction","required":true},
      "created_at": {"dataType":"string","required":true},
      "created_by": {"dataType":"string","required":true},
      "matched": {"dataType":"double","required":true},
      "done": {"dataType":"double","required":true},
      "skipped": {"dataType":"double","required":true},
      "ended_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "TaskOut": {
    dataType: 'refObject',
    properties: {
      "task_status": {"ref":"TaskState","required":true},
      "task_id": {"dataType":"string","required":true},
      "task_name": {"dataType":"string","required":true},
      "received": {"dataType":"string","required":true},
      "completed": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "error_message": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "TaskListOut": {
    dataType: 'refObject',
    properties: {
      "statuses": {"dataType":"array","array":{"dataType":"refObject","ref":"TaskOut"},"required":true},
    },
    additionalProperties: false,
  },

  "TaskListQuery": {
    dataType: 'refObject',
    properties: {
      "type": {"dataType":"string","validators":{"maxLength":{"value":128}}},
      "status": {"ref":"TaskState"},
      "phone": {"dataType":"integer","validators":{"isInt":{"errorMsg":"phone"},"minimum":{"value":0}}},
      "equipment_id": {"dataType":"string","validators":{"maxLength":{"value":128}}},
      "correlation_id": {"dataType":"string","validators":{"maxLength":{"value":256}}},
      "from": {"dataType":"datetime","validators":{"isDateTime":{"errorMsg":"from"}}},
      "to": {"dataType":"datetime","validators":{"isDateTime":{"errorMsg":"to"}}},
      "error": {"dataType":"string","validators":{"maxLength":{"value":400}}},
      "priority": {"ref":"Priority"},
      "source": {"ref":"TaskSource"},
      "retry_of": {"dataType":"string","validators":{"maxLength":{"value":64}}},
      "limit": {"dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      "cursor": {"dataType":"string"},
      "task_status": {"ref":"TaskState"},
      "task_name": {"dataType":"string"},
    },
    additionalProperties: false,
  },

  "TaskHistoryEntryOut": {
    dataType: 'refObject',
    properties: {
      "at": {"dataType":"string","required":true},
      "from": {"dataType":"union","subSchemas":[{"ref":"TaskState"},{"dataType":"enum","enums":[null]}],"required":true},
      "to": {"ref":"TaskState","required":true},
      "reason": {"dataType":"string","required":true},
      "attempt": {"dataType":"double","required":true},
      "actor": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "TaskHistoryOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"TaskHistoryEntryOut"},"required":true},
    },
    additionalProperties: false,
  },

  "TaskTypeOut": {
    dataType: 'refObject',
    properties: {
      "type": {"dataType":"string","required":true},
      "paused": {"dataType":"boolean","required":true},
      "paused_by": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "paused_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "reason": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "waiting": {"dataType":"double","required":true},
      "running": {"dataType":"double","required":true},
      "concurrency": {"dataType":"double","required":true},
    },
    additionalProperties: false,
  },

  "TaskTypeListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"TaskTypeOut"},"required":true},
      "next_cursor": {"dataType":"enum","enums":[null],"required":true},
    },
    additionalProperties: false,
  },

  "PauseIn": {
    dataType: 'refObject',
    properties: {
      "reason": {"dataType":"string","validators":{"maxLength":{"value":500}}},
    },
    additionalProperties: false,
  },

  "PartOut": {
    dataType: 'refObject',
    properties: {
      "name": {"dataType":"string","required":true},
      "status": {"dataType":"string","required":true},
      "detail": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "TaskCountsOut": {
    dataType: 'refObject',
    properties: {
      "waiting": {"dataType":"double","required":true},
      "running": {"dataType":"double","required":true},
      "completed": {"dataType":"double","required":true},
      "failed": {"dataType":"double","required":true},
      "cancelled": {"dataType":"double","required":true},
    },
    additionalProperties: false,
  },

  "ProgressOut": {
    dataType: 'refObject',
    properties: {
      "done": {"dataType":"double","required":true},
      "total": {"dataType":"double","required":true},
    },
    additionalProperties: false,
  },

  "RunningTaskOut": {
    dataType: 'refObject',
    properties: {
      "task_id": {"dataType":"string","required":true},
      "task_name": {"dataType":"string","required":true},
      "received": {"dataType":"string","required":true},
      "started": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "attempt": {"dataType":"double","required":true},
      "progress": {"dataType":"union","subSchemas":[{"ref":"ProgressOut"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "WorkersOut": {
    dataType: 'refObject',
    properties: {
      "threads": {"dataType":"double","required":true},
      "busy": {"dataType":"double","required":true},
      "waiting": {"dataType":"double","required":true},
    },
    additionalProperties: false,
  },

  "QueueOut": {
    dataType: 'refObject',
    properties: {
      "name": {"dataType":"string","required":true},
      "depth": {"dataType":"double","required":true},
    },
    additionalProperties: false,
  },

  "JobOut": {
    dataType: 'refObject',
    properties: {
      "name": {"dataType":"string","required":true},
      "cron": {"dataType":"string","required":true},
      "on": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["one-replica"]},{"dataType":"enum","enums":["each-replica"]}],"required":true},
      "next_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "running_since": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "last_started_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "last_ended_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "last_result": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "last_error": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "runs": {"dataType":"double","required":true},
      "failures": {"dataType":"double","required":true},
      "misfires": {"dataType":"double","required":true},
    },
    additionalProperties: false,
  },

  "MinuteOut": {
    dataType: 'refObject',
    properties: {
      "at": {"dataType":"string","required":true},
      "completed": {"dataType":"double","required":true},
      "failed": {"dataType":"double","required":true},
      "cancelled": {"dataType":"double","required":true},
      "latency_p50_ms": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "latency_p95_ms": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "waiting": {"dataType":"double","required":true},
      "running": {"dataType":"double","required":true},
      "queues": {"dataType":"nestedObjectLiteral","nestedProperties":{},"additionalProperties":{"dataType":"double"},"required":true},
      "loop_delay_ms": {"dataType":"double","required":true},
    },
    additionalProperties: false,
  },

  "OverviewOut": {
    dataType: 'refObject',
    properties: {
      "at": {"dataType":"string","required":true},
      "version": {"dataType":"string","required":true},
      "started_at": {"dataType":"string","required":true},
      "status": {"dataType":"string","required":true},
      "parts": {"dataType":"array","array":{"dataType":"refObject","ref":"PartOut"},"required":true},
      "tasks": {"ref":"TaskCountsOut","required":true},
      "running": {"dataType":"array","array":{"dataType":"refObject","ref":"RunningTaskOut"},"required":true},
      "workers": {"ref":"WorkersOut","required":true},
      "queues": {"dataType":"array","array":{"dataType":"refObject","ref":"QueueOut"},"required":true},
      "schedule": {"dataType":"array","array":{"dataType":"refObject","ref":"JobOut"},"required":true},
      "minutes": {"dataType":"array","array":{"dataType":"refObject","ref":"MinuteOut"},"required":true},
    },
    additionalProperties: false,
  },

  "ScheduleOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"JobOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "CallerOut": {
    dataType: 'refObject',
    properties: {
      "name": {"dataType":"string","required":true},
      "role": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["admin"]},{"dataType":"enum","enums":["operator"]},{"dataType":"enum","enums":["viewer"]},{"dataType":"enum","enums":["client"]}],"required":true},
    },
    additionalProperties: false,
  },

  "SettingOut": {
    dataType: 'refObject',
    properties: {
      "name": {"dataType":"string","required":true},
      "value": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "is_set": {"dataType":"boolean","required":true},
      "secret": {"dataType":"boolean","required":true},
      "source": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["environment"]},{"dataType":"enum","enums":[".env"]},{"dataType":"enum","enums":["default"]}],"required":true},
      "from_file": {"dataType":"boolean","required":true},
    },
    additionalProperties: false,
  },

  "ConfigurationOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"SettingOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "SensorOut": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "client_id": {"dataType":"string","required":true},
      "external_id": {"dataType":"string","required":true},
      "name": {"dataType":"string","required":true},
      "kind": {"dataType":"string","required":true},
      "enabled": {"dataType":"boolean","required":true},
      "status": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "status_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "created_at": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "SensorListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"SensorOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "SensorListQuery": {
    dataType: 'refObject',
    properties: {
      "limit": {"dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      "cursor": {"dataType":"string"},
      "client_id": {"dataType":"string","validators":{"maxLength":{"value":64},"pattern":{"errorMsg":"must have no NUL","value":"^[^\\u0000]*$"}}},
      "external_id": {"dataType":"string","validators":{"maxLength":{"value":200},"pattern":{"errorMsg":"must have no NUL","value":"^[^\\u0000]*$"}}},
      "name": {"dataType":"string","validators":{"maxLength":{"value":200},"pattern":{"errorMsg":"must have no NUL","value":"^[^\\u0000]*$"}}},
      "kind": {"dataType":"string","validators":{"maxLength":{"value":200},"pattern":{"errorMsg":"must have no NUL","value":"^[^\\u0000]*$"}}},
      "status": {"dataType":"string","validators":{"maxLength":{"value":64},"pattern":{"errorMsg":"must have no NUL","value":"^[^\\u0000]*$"}}},
      "enabled": {"dataType":"boolean"},
    },
    additionalProperties: false,
  },

  "VisibleText": { dataType: 'refAlias', type: {"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":200},"pattern":{"errorMsg":"must have a visible character, no control character and well-formed Unicode","value":"^(?=\\s*\\S)(?:[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]|[\\ud800-\\udbff][\\udc00-\\udfff])*$"}}} },

  "SensorIn": {
    dataType: 'refObject',
    properties: {
      "client_id": {"dataType":"string","required":true},
      "external_id": {"ref":"VisibleText","required":true},
      "name": {"ref":"VisibleText"},
      "kind": {"ref":"VisibleText"},
      "enabled": {"dataType":"boolean"},
    },
    additionalProperties: false,
  },

  "SensorPatchIn": {
    dataType: 'refObject',
    properties: {
      "external_id": {"ref":"VisibleText"},
      "name": {"ref":"VisibleText"},
      "kind": {"ref":"VisibleText"},
      "enabled": {"dataType":"boolean"},
    },
    additionalProperties: false,
  },

  "LogEntryOut": {
    dataType: 'refObject',
    properties: {
      "at": {"dataType":"string","required":true},
      "received_at": {"dataType":"string","required":true},
      "status": {"dataType":"string","required":true},
      "payload": {"dataType":"any","required":true},
    },
    additionalProperties: false,
  },

  "LogOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"LogEntryOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "LogQuery": {
    dataType: 'refObject',
    properties: {
      "limit": {"dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      "cursor": {"dataType":"string"},
      "from": {"dataType":"datetime","validators":{"isDateTime":{"errorMsg":"from"}}},
      "to": {"dataType":"datetime","validators":{"isDateTime":{"errorMsg":"to"}}},
      "status": {"dataType":"string","validators":{"maxLength":{"value":64},"pattern":{"errorMsg":"must have no NUL","value":"^[^\\u0000]*$"}}},
    },
    additionalProperties: false,
  },

  "ImportFaultOut": {
    dataType: 'refObject',
    properties: {
      "line": {"dataType":"double","required":true},
      "pointer": {"dataType":"string","required":true},
      "detail": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "ImportOut": {
    dataType: 'refObject',
    properties: {
      "lines": {"dataType":"double","required":true},
      "created": {"dataType":"double","required":true},
      "updated": {"dataType":"double","required":true},
      "unchanged": {"dataType":"double","required":true},
      "failed": {"dataType":"double","required":true},
      "errors": {"dataType":"array","array":{"dataType":"refObject","ref":"ImportFaultOut"},"required":true},
    },
    additionalProperties: false,
  },

  "ClientOut": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "name": {"dataType":"string","required":true},
      "created_at": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "ClientListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"ClientOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "ClientIn": {
    dataType: 'refObject',
    properties: {
      "name": {"ref":"VisibleText","required":true},
    },
    additionalProperties: false,
  },

  "Partial_ClientIn_": { dataType: 'refAlias', type: {"dataType":"nestedObjectLiteral","nestedProperties":{"name":{"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"undefined"}]}},"validators":{}} },

  "WayOut": {
    dataType: 'refObject',
    properties: {
      "came_in": {"dataType":"double","required":true},
      "logged": {"dataType":"double","required":true},
      "late": {"dataType":"double","required":true},
      "duplicate": {"dataType":"double","required":true},
      "refused": {"dataType":"double","required":true},
      "dead_lettered": {"dataType":"double","required":true},
      "way": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "RefusalsOut": {
    dataType: 'refObject',
    properties: {
      "way": {"dataType":"string","required":true},
      "reason": {"dataType":"string","required":true},
      "count": {"dataType":"double","required":true},
    },
    additionalProperties: false,
  },

  "AccountingOut": {
    dataType: 'refObject',
    properties: {
      "came_in": {"dataType":"double","required":true},
      "logged": {"dataType":"double","required":true},
      "late": {"dataType":"double","required":true},
      "duplicate": {"dataType":"double","required":true},
      "refused": {"dataType":"double","required":true},
      "dead_lettered": {"dataType":"double","required":true},
      "balanced": {"dataType":"boolean","required":true},
      "by_way": {"dataType":"array","array":{"dataType":"refObject","ref":"WayOut"},"required":true},
      "reasons": {"dataType":"array","array":{"dataType":"refObject","ref":"RefusalsOut"},"required":true},
    },
    additionalProperties: false,
  },

  "RefusedEventOut": {
    dataType: 'refObject',
    properties: {
      "line": {"dataType":"double","required":true},
      "reason": {"dataType":"string","required":true},
      "detail": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "SensorEventsOut": {
    dataType: 'refObject',
    properties: {
      "came_in": {"dataType":"double","required":true},
      "logged": {"dataType":"double","required":true},
      "late": {"dataType":"double","required":true},
      "duplicate": {"dataType":"double","required":true},
      "refused": {"dataType":"double","required":true},
      "errors": {"dataType":"array","array":{"dataType":"refObject","ref":"RefusedEventOut"},"required":true},
    },
    additionalProperties: false,
  },

  "SensorEventOut": {
    dataType: 'refObject',
    properties: {
      "outcome": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["logged"]},{"dataType":"enum","enums":["late"]},{"dataType":"enum","enums":["duplicate"]}],"required":true},
    },
    additionalProperties: false,
  },

  "SensorEventIn": {
    dataType: 'refObject',
    properties: {
      "status": {"dataType":"string","required":true,"validators":{"minLength":{"value":1},"maxLength":{"value":64}}},
      "at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"double"}]},
      "payload": {"dataType":"any"},
    },
    additionalProperties: false,
  },

  "AlarmOut": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "rule_id": {"dataType":"string","required":true},
      "name": {"dataType":"string","required":true},
      "severity": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["info"]},{"dataType":"enum","enums":["minor"]},{"dataType":"enum","enums":["major"]},{"dataType":"enum","enums":["critical"]}],"required":true},
      "sensor_id": {"dataType":"string","required":true},
      "client_id": {"dataType":"string","required":true},
      "status": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "active": {"dataType":"boolean","required":true},
      "acknowledged": {"dataType":"boolean","required":true},
      "raised_at": {"dataType":"string","required":true},
      "cleared_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "acknowledged_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "acknowledged_by": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "note": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "AlarmListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"AlarmOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "AlarmListQuery": {
    dataType: 'refObject',
    properties: {
      "limit": {"dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      "cursor": {"dataType":"string"},
      "active": {"dataType":"boolean"},
      "acknowledged": {"dataType":"boolean"},
      "severity": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["info"]},{"dataType":"enum","enums":["minor"]},{"dataType":"enum","enums":["major"]},{"dataType":"enum","enums":["critical"]}]},
      "sensor_id": {"dataType":"string","validators":{"maxLength":{"value":64},"pattern":{"errorMsg":"must have no NUL","value":"^[^\\u0000]*$"}}},
      "client_id": {"dataType":"string","validators":{"maxLength":{"value":64},"pattern":{"errorMsg":"must have no NUL","value":"^[^\\u0000]*$"}}},
      "rule_id": {"dataType":"string","validators":{"maxLength":{"value":64},"pattern":{"errorMsg":"must have no NUL","value":"^[^\\u0000]*$"}}},
    },
    additionalProperties: false,
  },

  "AcknowledgeIn": {
    dataType: 'refObject',
    properties: {
      "note": {"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":500},"pattern":{"errorMsg":"must have well-formed Unicode and no NUL","value":"^(?:[^\\u0000\\ud800-\\udfff]|[\\ud800-\\udbff][\\udc00-\\udfff])*$"}}},
    },
    additionalProperties: false,
  },

  "AlarmRuleOut": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "name": {"dataType":"string","required":true},
      "severity": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["info"]},{"dataType":"enum","enums":["minor"]},{"dataType":"enum","enums":["major"]},{"dataType":"enum","enums":["critical"]}],"required":true},
      "condition": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["status"]},{"dataType":"enum","enums":["silent"]},{"dataType":"enum","enums":["flapping"]}],"required":true},
      "statuses": {"dataType":"union","subSchemas":[{"dataType":"array","array":{"dataType":"string"}},{"dataType":"enum","enums":[null]}],"required":true},
      "changes": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "within_s": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "for_s": {"dataType":"double","required":true},
      "client_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "sensor_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "kind": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "enabled": {"dataType":"boolean","required":true},
      "created_at": {"dataType":"string","required":true},
      "created_by": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "AlarmRuleListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"AlarmRuleOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "StatusWord": { dataType: 'refAlias', type: {"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":64}}} },

  "AlarmRuleIn": {
    dataType: 'refObject',
    properties: {
      "name": {"ref":"VisibleText","required":true},
      "severity": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["info"]},{"dataType":"enum","enums":["minor"]},{"dataType":"enum","enums":["major"]},{"dataType":"enum","enums":["critical"]}],"required":true},
      "condition": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["status"]},{"dataType":"enum","enums":["silent"]},{"dataType":"enum","enums":["flapping"]}],"required":true},
      "statuses": {"dataType":"union","subSchemas":[{"dataType":"array","array":{"dataType":"refAlias","ref":"StatusWord"}},{"dataType":"enum","enums":[null]}],"validators":{"minItems":{"value":1},"maxItems":{"value":64}}},
      "changes": {"dataType":"union","subSchemas":[{"dataType":"integer"},{"dataType":"enum","enums":[null]}],"validators":{"minimum":{"value":2},"maximum":{"value":100}}},
      "within_s": {"dataType":"union","subSchemas":[{"dataType":"integer"},{"dataType":"enum","enums":[null]}],"validators":{"minimum":{"value":1},"maximum":{"value":86400}}},
      "for_s": {"dataType":"integer","validators":{"minimum":{"value":0},"maximum":{"value":2592000}}},
      "client_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}]},
      "sensor_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}]},
      "kind": {"dataType":"union","subSchemas":[{"ref":"VisibleText"},{"dataType":"enum","enums":[null]}]},
      "enabled": {"dataType":"boolean"},
    },
    additionalProperties: false,
  },

  "AlarmRulePatchIn": {
    dataType: 'refObject',
    properties: {
      "name": {"ref":"VisibleText"},
      "severity": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["info"]},{"dataType":"enum","enums":["minor"]},{"dataType":"enum","enums":["major"]},{"dataType":"enum","enums":["critical"]}]},
      "condition": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["status"]},{"dataType":"enum","enums":["silent"]},{"dataType":"enum","enums":["flapping"]}]},
      "statuses": {"dataType":"union","subSchemas":[{"dataType":"array","array":{"dataType":"refAlias","ref":"StatusWord"}},{"dataType":"enum","enums":[null]}],"validators":{"minItems":{"value":1},"maxItems":{"value":64}}},
      "changes": {"dataType":"union","subSchemas":[{"dataType":"integer"},{"dataType":"enum","enums":[null]}],"validators":{"minimum":{"value":2},"maximum":{"value":100}}},
      "within_s": {"dataType":"union","subSchemas":[{"dataType":"integer"},{"dataType":"enum","enums":[null]}],"validators":{"minimum":{"value":1},"maximum":{"value":86400}}},
      "for_s": {"dataType":"integer","validators":{"minimum":{"value":0},"maximum":{"value":2592000}}},
      "client_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}]},
      "sensor_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}]},
      "kind": {"dataType":"union","subSchemas":[{"ref":"VisibleText"},{"dataType":"enum","enums":[null]}]},
      "enabled": {"dataType":"boolean"},
    },
    additionalProperties: false,
  },

  "ReportTaskOut": {
    dataType: 'refObject',
    properties: {
      "task_status": {"dataType":"enum","enums":["pending"],"required":true},
      "task_id": {"dataType":"string","required":true},
      "task_name": {"dataType":"string","required":true},
      "received": {"dataType":"string","required":true},
      "completed": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "error_message": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "Phone": { dataType: 'refAlias', type: {"dataType":"integer","validators":{"isInt":{"errorMsg":"must be a whole number"},"minimum":{"value":0}}} },

  "PhonePricesOut": {
    dataType: 'refObject',
    properties: {
      "min_price_att": {"dataType":"double","required":true},
      "max_price_att": {"dataType":"double","required":true},
      "sum_price_att_over_15": {"dataType":"double","required":true},
    },
    additionalProperties: false,
  },

  "PhoneOut": {
    dataType: 'refObject',
    properties: {
      "phone": {"ref":"Phone","required":true},
      "cnt_all_attempts": {"dataType":"double","required":true},
      "cnt_att_dur": {"dataType":"nestedObjectLiteral","nestedProperties":{"30_sec":{"dataType":"double","required":true},"10_30_sec":{"dataType":"double","required":true},"10_sec":{"dataType":"double","required":true}},"required":true},
      "min_price_att": {"dataType":"double","required":true},
      "max_price_att": {"dataType":"double","required":true},
      "avg_dur_att": {"dataType":"double","required":true},
      "sum_price_att_over_15": {"dataType":"double","required":true},
      "in_currency": {"ref":"PhonePricesOut"},
    },
    additionalProperties: false,
  },

  "ReportCurrencyOut": {
    dataType: 'refObject',
    properties: {
      "code": {"dataType":"string","required":true},
      "base": {"dataType":"string","required":true},
      "rate": {"dataType":"string","required":true},
      "rate_at": {"dataType":"string","required":true},
      "path": {"dataType":"array","array":{"dataType":"string"},"required":true},
      "stale": {"dataType":"boolean","required":true},
    },
    additionalProperties: false,
  },

  "ReportOut": {
    dataType: 'refObject',
    properties: {
      "data": {"dataType":"array","array":{"dataType":"refObject","ref":"PhoneOut"},"required":true},
      "not_found": {"dataType":"array","array":{"dataType":"refAlias","ref":"Phone"}},
      "skipped_records": {"dataType":"double"},
      "currency": {"ref":"ReportCurrencyOut"},
      "total_duration": {"dataType":"double","required":true},
      "received": {"dataType":"string","required":true},
      "task_from": {"dataType":"string","required":true},
      "task_to": {"dataType":"string","required":true},
      "correlation_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"double"}],"required":true},
    },
    additionalProperties: false,
  },

  "ReportIn": {
    dataType: 'refObject',
    properties: {
      "numbers": {"dataType":"array","array":{"dataType":"refAlias","ref":"Phone"},"required":true,"validators":{"minItems":{"value":1}}},
      "correlation_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"double"}],"required":true},
      "from": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"double"}]},
      "to": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"double"}]},
      "currency": {"dataType":"string","validators":{"pattern":{"errorMsg":"must be a currency of 2 to 10 letters, like USD","value":"^[A-Za-z]{2,10}$"}}},
    },
    additionalProperties: false,
  },

  "TradeInfoOut": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "exchanger": {"dataType":"string","required":true},
      "url": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "symbols": {"dataType":"array","array":{"dataType":"string"},"required":true},
      "currencies": {"dataType":"array","array":{"dataType":"string"},"required":true},
      "priority": {"dataType":"double","required":true},
      "enabled": {"dataType":"boolean","required":true},
      "stale_after_s": {"dataType":"double","required":true},
      "created_at": {"dataType":"string","required":true},
      "updated_at": {"dataType":"string","required":true},
      "created_by": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "TradeInfoListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"TradeInfoOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "CurrencyName": { dataType: 'refAlias', type: {"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":64}}} },

  "TradeInfoIn": {
    dataType: 'refObject',
    properties: {
      "exchanger": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["binance"]},{"dataType":"enum","enums":["coingecko"]}],"required":true},
      "url": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}]},
      "symbols": {"dataType":"array","array":{"dataType":"refAlias","ref":"CurrencyName"},"required":true,"validators":{"minItems":{"value":1},"maxItems":{"value":500}}},
      "currencies": {"dataType":"array","array":{"dataType":"refAlias","ref":"CurrencyName"},"required":true,"validators":{"minItems":{"value":1},"maxItems":{"value":100}}},
      "priority": {"dataType":"integer","validators":{"minimum":{"value":0},"maximum":{"value":1000000}}},
      "enabled": {"dataType":"boolean"},
      "stale_after_s": {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":86400}}},
    },
    additionalProperties: false,
  },

  "TradeInfoPatch": {
    dataType: 'refObject',
    properties: {
      "url": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}]},
      "symbols": {"dataType":"array","array":{"dataType":"refAlias","ref":"CurrencyName"},"validators":{"minItems":{"value":1},"maxItems":{"value":500}}},
      "currencies": {"dataType":"array","array":{"dataType":"refAlias","ref":"CurrencyName"},"validators":{"minItems":{"value":1},"maxItems":{"value":100}}},
      "priority": {"dataType":"integer","validators":{"minimum":{"value":0},"maximum":{"value":1000000}}},
      "enabled": {"dataType":"boolean"},
      "stale_after_s": {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":86400}}},
    },
    additionalProperties: false,
  },

  "CourseOut": {
    dataType: 'refObject',
    properties: {
      "direction": {"dataType":"string","required":true},
      "value": {"dataType":"double","required":true},
      "value_text": {"dataType":"string","required":true},
      "exchanger": {"dataType":"string","required":true},
      "updated_at": {"dataType":"string","required":true},
      "age_s": {"dataType":"double","required":true},
      "stale": {"dataType":"boolean","required":true},
      "quoted_in": {"dataType":"string"},
      "diverged": {"dataType":"boolean"},
    },
    additionalProperties: false,
  },

  "CoursesOut": {
    dataType: 'refObject',
    properties: {
      "exchanger": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "courses": {"dataType":"array","array":{"dataType":"refObject","ref":"CourseOut"},"required":true},
    },
    additionalProperties: false,
  },

  "CandleOut": {
    dataType: 'refObject',
    properties: {
      "at": {"dataType":"string","required":true},
      "open": {"dataType":"string","required":true},
      "high": {"dataType":"string","required":true},
      "low": {"dataType":"string","required":true},
      "close": {"dataType":"string","required":true},
      "exchanger": {"dataType":"string","required":true},
      "quoted_in": {"dataType":"string"},
    },
    additionalProperties: false,
  },

  "CandleListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"CandleOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "HistoryInterval": { dataType: 'refAlias', type: {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["1m"]},{"dataType":"enum","enums":["5m"]},{"dataType":"enum","enums":["1h"]},{"dataType":"enum","enums":["1d"]}],"validators":{}} },

  "ConversionOut": {
    dataType: 'refObject',
    properties: {
      "from": {"dataType":"string","required":true},
      "to": {"dataType":"string","required":true},
      "amount": {"dataType":"string","required":true},
      "result": {"dataType":"string","required":true},
      "rate": {"dataType":"string","required":true},
      "path": {"dataType":"array","array":{"dataType":"string"},"required":true},
      "updated_at": {"dataType":"string","required":true},
      "age_s": {"dataType":"double","required":true},
      "stale": {"dataType":"boolean","required":true},
    },
    additionalProperties: false,
  },

  "AlertOp": { dataType: 'refAlias', type: {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["above"]},{"dataType":"enum","enums":["below"]},{"dataType":"enum","enums":["change_pct"]}],"validators":{}} },

  "AlertChannelOut": {
    dataType: 'refObject',
    properties: {
      "kind": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["telegram"]},{"dataType":"enum","enums":["webhook"]},{"dataType":"enum","enums":["live"]}],"required":true},
      "chat_id": {"dataType":"string"},
    },
    additionalProperties: false,
  },

  "AlertState": { dataType: 'refAlias', type: {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["armed"]},{"dataType":"enum","enums":["fired"]}],"validators":{}} },

  "AlertOut": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "pair": {"dataType":"string","required":true},
      "op": {"ref":"AlertOp","required":true},
      "value": {"dataType":"string","required":true},
      "window_s": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "channels": {"dataType":"array","array":{"dataType":"refObject","ref":"AlertChannelOut"},"required":true},
      "number": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "state": {"ref":"AlertState","required":true},
      "fired_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "fired_value": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "fired_count": {"dataType":"double","required":true},
      "created_at": {"dataType":"string","required":true},
      "created_by": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "AlertListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"AlertOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "AlertListQuery": {
    dataType: 'refObject',
    properties: {
      "limit": {"dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      "cursor": {"dataType":"string"},
      "pair": {"dataType":"string"},
      "state": {"ref":"AlertState"},
      "chat_id": {"dataType":"string","validators":{"pattern":{"errorMsg":"must be the whole number by which Telegram knows the chat","value":"^-?[0-9]{1,16}$"}}},
    },
    additionalProperties: false,
  },

  "TelegramChannelIn": {
    dataType: 'refObject',
    properties: {
      "kind": {"dataType":"enum","enums":["telegram"],"required":true},
      "chat_id": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"string"}],"required":true},
    },
    additionalProperties: false,
  },

  "PlainChannelIn": {
    dataType: 'refObject',
    properties: {
      "kind": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["webhook"]},{"dataType":"enum","enums":["live"]}],"required":true},
    },
    additionalProperties: false,
  },

  "AlertIn": {
    dataType: 'refObject',
    properties: {
      "pair": {"dataType":"string","required":true,"validators":{"pattern":{"errorMsg":"must be a pair of currencies such as BTC-USDT","value":"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}-[A-Za-z0-9][A-Za-z0-9._]{0,31}$"}}},
      "op": {"ref":"AlertOp","required":true},
      "value": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"string"}],"required":true},
      "window_s": {"dataType":"integer"},
      "channels": {"dataType":"array","array":{"dataType":"union","subSchemas":[{"dataType":"enum","enums":["webhook"]},{"dataType":"enum","enums":["live"]},{"ref":"TelegramChannelIn"},{"ref":"PlainChannelIn"}]},"validators":{"minItems":{"value":1},"maxItems":{"value":3}}},
    },
    additionalProperties: false,
  },

  "WebhookHealthOut": {
    dataType: 'refObject',
    properties: {
      "status": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["ok"]},{"dataType":"enum","enums":["failing"]},{"dataType":"enum","enums":["unknown"]}],"required":true},
      "failing_since": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "last_success_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "last_failure_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "last_error": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "WebhookOut": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "client_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "channel": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["webhook"]},{"dataType":"enum","enums":["telegram"]}],"required":true},
      "url": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "chat_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "description": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "event_types": {"dataType":"array","array":{"dataType":"string"},"required":true},
      "filter": {"dataType":"union","subSchemas":[{"dataType":"nestedObjectLiteral","nestedProperties":{},"additionalProperties":{"dataType":"array","array":{"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"double"},{"dataType":"boolean"},{"dataType":"enum","enums":[null]}]}}},{"dataType":"enum","enums":[null]}],"required":true},
      "enabled": {"dataType":"boolean","required":true},
      "disabled_reason": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["by-hand"]},{"dataType":"enum","enums":["gone"]},{"dataType":"enum","enums":["failing"]},{"dataType":"enum","enums":[null]}],"required":true},
      "disabled_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "retry_schedule_s": {"dataType":"union","subSchemas":[{"dataType":"array","array":{"dataType":"double"}},{"dataType":"enum","enums":[null]}],"required":true},
      "rate_per_s": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "concurrency": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "previous_secret_until": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "health": {"ref":"WebhookHealthOut","required":true},
      "created_at": {"dataType":"string","required":true},
      "created_by": {"dataType":"string","required":true},
      "updated_at": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "WebhookListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"WebhookOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "WebhookListQuery": {
    dataType: 'refObject',
    properties: {
      "limit": {"dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      "cursor": {"dataType":"string"},
      "client_id": {"dataType":"string"},
      "enabled": {"dataType":"boolean"},
    },
    additionalProperties: false,
  },

  "WebhookWithSecretOut": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "client_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "channel": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["webhook"]},{"dataType":"enum","enums":["telegram"]}],"required":true},
      "url": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "chat_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "description": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "event_types": {"dataType":"array","array":{"dataType":"string"},"required":true},
      "filter": {"dataType":"union","subSchemas":[{"dataType":"nestedObjectLiteral","nestedProperties":{},"additionalProperties":{"dataType":"array","array":{"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"double"},{"dataType":"boolean"},{"dataType":"enum","enums":[null]}]}}},{"dataType":"enum","enums":[null]}],"required":true},
      "enabled": {"dataType":"boolean","required":true},
      "disabled_reason": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["by-hand"]},{"dataType":"enum","enums":["gone"]},{"dataType":"enum","enums":["failing"]},{"dataType":"enum","enums":[null]}],"required":true},
      "disabled_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "retry_schedule_s": {"dataType":"union","subSchemas":[{"dataType":"array","array":{"dataType":"double"}},{"dataType":"enum","enums":[null]}],"required":true},
      "rate_per_s": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "concurrency": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "previous_secret_until": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "health": {"ref":"WebhookHealthOut","required":true},
      "created_at": {"dataType":"string","required":true},
      "created_by": {"dataType":"string","required":true},
      "updated_at": {"dataType":"string","required":true},
      "secret": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "EventPatternIn": { dataType: 'refAlias', type: {"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":130}}} },

  "EventFilterIn": {
    dataType: 'refObject',
    properties: {
    },
    additionalProperties: {"dataType":"array","array":{"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"double"},{"dataType":"boolean"},{"dataType":"enum","enums":[null]}]}},
  },

  "RetryPauseIn": { dataType: 'refAlias', type: {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":604800}}} },

  "WebhookIn": {
    dataType: 'refObject',
    properties: {
      "url": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"validators":{"minLength":{"value":1},"maxLength":{"value":2048}}},
      "chat_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"validators":{"minLength":{"value":1},"maxLength":{"value":64}}},
      "description": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"validators":{"minLength":{"value":1},"maxLength":{"value":200}}},
      "event_types": {"dataType":"array","array":{"dataType":"refAlias","ref":"EventPatternIn"},"required":true,"validators":{"minItems":{"value":1},"maxItems":{"value":50}}},
      "filter": {"dataType":"union","subSchemas":[{"ref":"EventFilterIn"},{"dataType":"enum","enums":[null]}]},
      "enabled": {"dataType":"boolean"},
      "retry_schedule_s": {"dataType":"union","subSchemas":[{"dataType":"array","array":{"dataType":"refAlias","ref":"RetryPauseIn"}},{"dataType":"enum","enums":[null]}],"validators":{"maxItems":{"value":20}}},
      "rate_per_s": {"dataType":"union","subSchemas":[{"dataType":"integer"},{"dataType":"enum","enums":[null]}],"validators":{"minimum":{"value":1},"maximum":{"value":10000}}},
      "concurrency": {"dataType":"union","subSchemas":[{"dataType":"integer"},{"dataType":"enum","enums":[null]}],"validators":{"minimum":{"value":1},"maximum":{"value":100}}},
      "channel": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["webhook"]},{"dataType":"enum","enums":["telegram"]}]},
      "client_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"validators":{"minLength":{"value":1},"maxLength":{"value":64}}},
      "secret": {"dataType":"string","validators":{"maxLength":{"value":128}}},
    },
    additionalProperties: false,
  },

  "WebhookPatchIn": {
    dataType: 'refObject',
    properties: {
      "url": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"validators":{"minLength":{"value":1},"maxLength":{"value":2048}}},
      "chat_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"validators":{"minLength":{"value":1},"maxLength":{"value":64}}},
      "description": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"validators":{"minLength":{"value":1},"maxLength":{"value":200}}},
      "event_types": {"dataType":"array","array":{"dataType":"refAlias","ref":"EventPatternIn"},"validators":{"minItems":{"value":1},"maxItems":{"value":50}}},
      "filter": {"dataType":"union","subSchemas":[{"ref":"EventFilterIn"},{"dataType":"enum","enums":[null]}]},
      "enabled": {"dataType":"boolean"},
      "retry_schedule_s": {"dataType":"union","subSchemas":[{"dataType":"array","array":{"dataType":"refAlias","ref":"RetryPauseIn"}},{"dataType":"enum","enums":[null]}],"validators":{"maxItems":{"value":20}}},
      "rate_per_s": {"dataType":"union","subSchemas":[{"dataType":"integer"},{"dataType":"enum","enums":[null]}],"validators":{"minimum":{"value":1},"maximum":{"value":10000}}},
      "concurrency": {"dataType":"union","subSchemas":[{"dataType":"integer"},{"dataType":"enum","enums":[null]}],"validators":{"minimum":{"value":1},"maximum":{"value":100}}},
    },
    additionalProperties: false,
  },

  "RotateIn": {
    dataType: 'refObject',
    properties: {
      "overlap_s": {"dataType":"integer","validators":{"minimum":{"value":0},"maximum":{"value":604800}}},
      "secret": {"dataType":"string","validators":{"maxLength":{"value":128}}},
    },
    additionalProperties: false,
  },

  "ResentOut": {
    dataType: 'refObject',
    properties: {
      "resent": {"dataType":"double","required":true},
      "more": {"dataType":"boolean","required":true},
    },
    additionalProperties: false,
  },

  "ResendIn": {
    dataType: 'refObject',
    properties: {
      "from": {"dataType":"datetime","required":true},
      "to": {"dataType":"datetime","required":true},
      "status": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["failed"]},{"dataType":"enum","enums":["delivered"]},{"dataType":"enum","enums":["all"]}]},
    },
    additionalProperties: false,
  },

  "DeliveryOut": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "webhook_id": {"dataType":"string","required":true},
      "event_id": {"dataType":"string","required":true},
      "event_type": {"dataType":"string","required":true},
      "subject": {"dataType":"string","required":true},
      "status": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["pending"]},{"dataType":"enum","enums":["delivered"]},{"dataType":"enum","enums":["failed"]}],"required":true},
      "attempt_count": {"dataType":"double","required":true},
      "next_attempt_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "last_status": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "last_error": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "created_at": {"dataType":"string","required":true},
      "ended_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "EventTypesOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"string"},"required":true},
    },
    additionalProperties: false,
  },

  "DeliveryListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"DeliveryOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "DeliveryListQuery": {
    dataType: 'refObject',
    properties: {
      "limit": {"dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      "cursor": {"dataType":"string"},
      "status": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["pending"]},{"dataType":"enum","enums":["delivered"]},{"dataType":"enum","enums":["failed"]}]},
      "event_type": {"dataType":"string"},
      "subject": {"dataType":"string"},
      "from": {"dataType":"datetime"},
      "to": {"dataType":"datetime"},
    },
    additionalProperties: false,
  },

  "AttemptOut": {
    dataType: 'refObject',
    properties: {
      "number": {"dataType":"double","required":true},
      "at": {"dataType":"string","required":true},
      "duration_ms": {"dataType":"double","required":true},
      "status": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "error": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "excerpt": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "DeliveryDetailsOut": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "webhook_id": {"dataType":"string","required":true},
      "event_id": {"dataType":"string","required":true},
      "event_type": {"dataType":"string","required":true},
      "subject": {"dataType":"string","required":true},
      "status": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["pending"]},{"dataType":"enum","enums":["delivered"]},{"dataType":"enum","enums":["failed"]}],"required":true},
      "attempt_count": {"dataType":"double","required":true},
      "next_attempt_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "last_status": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "last_error": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "created_at": {"dataType":"string","required":true},
      "ended_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "attempts": {"dataType":"array","array":{"dataType":"refObject","ref":"AttemptOut"},"required":true},
      "payload": {"dataType":"any","required":true},
    },
    additionalProperties: false,
  },

  "ConfigureAcceptedOut": {
    dataType: 'refObject',
    properties: {
      "code": {"dataType":"double","required":true},
      "taskId": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "CpeStateOut": {
    dataType: 'refObject',
    properties: {
      "code": {"dataType":"double","required":true},
      "message": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "CpeProblem": {
    dataType: 'refObject',
    properties: {
      "type": {"dataType":"string","required":true},
      "title": {"dataType":"string","required":true},
      "status": {"dataType":"double","required":true},
      "detail": {"dataType":"string","required":true},
      "instance": {"dataType":"string","required":true},
      "request_id": {"dataType":"string","required":true},
      "errors": {"dataType":"array","array":{"dataType":"nestedObjectLiteral","nestedProperties":{"detail":{"dataType":"string","required":true},"pointer":{"dataType":"string","required":true}}}},
      "code": {"dataType":"double","required":true},
      "message": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "EquipmentId": { dataType: 'refAlias', type: {"dataType":"string","validators":{"pattern":{"value":"^[a-zA-Z0-9]{6,}$"},"maxLength":{"value":255}}} },

  "Vlan": { dataType: 'refAlias', type: {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":4094}}} },

  "InterfaceNumber": { dataType: 'refAlias', type: {"dataType":"integer","validators":{"minimum":{"value":1}}} },

  "ConfigureParametersIn": {
    dataType: 'refObject',
    properties: {
      "username": {"dataType":"string","required":true,"validators":{"minLength":{"value":1},"maxLength":{"value":256}}},
      "password": {"dataType":"string","required":true,"validators":{"minLength":{"value":1},"maxLength":{"value":256}}},
      "vlan": {"dataType":"union","subSchemas":[{"ref":"Vlan"},{"dataType":"enum","enums":[null]}]},
      "interfaces": {"dataType":"array","array":{"dataType":"refAlias","ref":"InterfaceNumber"},"required":true,"validators":{"maxItems":{"value":1000}}},
    },
    additionalProperties: false,
  },

  "ConfigureIn": {
    dataType: 'refObject',
    properties: {
      "timeoutInSeconds": {"dataType":"integer","required":true,"validators":{"minimum":{"value":1},"maximum":{"value":900}}},
      "parameters": {"dataType":"union","subSchemas":[{"ref":"ConfigureParametersIn"},{"dataType":"array","array":{"dataType":"refObject","ref":"ConfigureParametersIn"}}],"required":true,"validators":{"minItems":{"value":1},"maxItems":{"value":1}}},
      "supersede": {"dataType":"boolean"},
      "expiresInSeconds": {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":2592000}}},
    },
    additionalProperties: false,
  },

  "DeviceResult": { dataType: 'refAlias', type: {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["completed"]},{"dataType":"enum","enums":["cancelled"]},{"dataType":"enum","enums":["not_found"]},{"dataType":"enum","enums":["failed"]}],"validators":{}} },

  "DeviceOut": {
    dataType: 'refObject',
    properties: {
      "equipment_id": {"dataType":"string","required":true},
      "first_seen_at": {"dataType":"string","required":true},
      "last_seen_at": {"dataType":"string","required":true},
      "last_task_id": {"dataType":"string","required":true},
      "last_result": {"ref":"DeviceResult","required":true},
      "last_message": {"dataType":"string","required":true},
      "last_batch_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "tasks": {"dataType":"double","required":true},
      "failures": {"dataType":"double","required":true},
      "note": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "noted_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "noted_by": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "DeviceListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"DeviceOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "DeviceListQuery": {
    dataType: 'refObject',
    properties: {
      "prefix": {"dataType":"string","validators":{"pattern":{"errorMsg":"must be 1 to 255 letters and digits","value":"^[a-zA-Z0-9]{1,255}$"}}},
      "last_result": {"ref":"DeviceResult"},
      "batch_id": {"dataType":"string","validators":{"pattern":{"errorMsg":"must be the id of a batch","value":"^[0-9a-f-]{36}$"}}},
      "limit": {"dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      "cursor": {"dataType":"string"},
    },
    additionalProperties: false,
  },

  "DevicePatchIn": {
    dataType: 'refObject',
    properties: {
      "note": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true,"validators":{"maxLength":{"value":2000}}},
    },
    additionalProperties: false,
  },

  "DeviceHistoryEntryOut": {
    dataType: 'refObject',
    properties: {
      "task_id": {"dataType":"string","required":true},
      "task_status": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["pending"]},{"dataType":"enum","enums":["in_work"]},{"dataType":"enum","enums":["completed"]},{"dataType":"enum","enums":["error"]},{"dataType":"enum","enums":["cancelled"]}],"required":true},
      "received": {"dataType":"string","required":true},
      "completed": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "error": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "error_message": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "created_by": {"dataType":"string","required":true},
      "batch_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "DeviceHistoryOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"DeviceHistoryEntryOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "DeviceHistoryQuery": {
    dataType: 'refObject',
    properties: {
      "limit": {"dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      "cursor": {"dataType":"string"},
    },
    additionalProperties: false,
  },

  "BatchState": { dataType: 'refAlias', type: {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["completed"]},{"dataType":"enum","enums":["cancelled"]},{"dataType":"enum","enums":["running"]},{"dataType":"enum","enums":["paused"]},{"dataType":"enum","enums":["stopped"]},{"dataType":"enum","enums":["cancelling"]}],"validators":{}} },

  "BatchCountsOut": {
    dataType: 'refObject',
    properties: {
      "waiting": {"dataType":"double","required":true},
      "running": {"dataType":"double","required":true},
      "completed": {"dataType":"double","required":true},
      "failed": {"dataType":"double","required":true},
      "cancelled": {"dataType":"double","required":true},
    },
    additionalProperties: false,
  },

  "BatchCanaryOut": {
    dataType: 'refObject',
    properties: {
      "devices": {"dataType":"double","required":true},
      "passed": {"dataType":"boolean","required":true},
    },
    additionalProperties: false,
  },

  "BatchOut": {
    dataType: 'refObject',
    properties: {
      "batch_id": {"dataType":"string","required":true},
      "name": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "state": {"ref":"BatchState","required":true},
      "reason": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "devices": {"dataType":"double","required":true},
      "counts": {"ref":"BatchCountsOut","required":true},
      "canary": {"ref":"BatchCanaryOut","required":true},
      "stop_at_failure_share": {"dataType":"double","required":true},
      "max_attempts": {"dataType":"double","required":true},
      "in_flight": {"dataType":"double","required":true},
      "timeout_in_seconds": {"dataType":"double","required":true},
      "supersede": {"dataType":"boolean","required":true},
      "expires_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "created_at": {"dataType":"string","required":true},
      "created_by": {"dataType":"string","required":true},
      "changed_at": {"dataType":"string","required":true},
      "changed_by": {"dataType":"string","required":true},
      "ended_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "BatchQuery": {
    dataType: 'refObject',
    properties: {
      "name": {"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":128}}},
      "canary": {"dataType":"integer","validators":{"minimum":{"value":0},"maximum":{"value":10000}}},
      "stop_at_failure_share": {"dataType":"double","validators":{"minimum":{"value":0},"maximum":{"value":1}}},
      "max_attempts": {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":5}}},
      "in_flight": {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":500}}},
      "timeout_in_seconds": {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":900}}},
      "supersede": {"dataType":"boolean"},
      "expires_at": {"dataType":"string"},
    },
    additionalProperties: false,
  },

  "BatchInterface": { dataType: 'refAlias', type: {"dataType":"integer","validators":{"minimum":{"value":1}}} },

  "BatchParametersIn": {
    dataType: 'refObject',
    properties: {
      "username": {"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":256}}},
      "password": {"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":256}}},
      "vlan": {"dataType":"union","subSchemas":[{"dataType":"integer"},{"dataType":"enum","enums":[null]}],"validators":{"minimum":{"value":1},"maximum":{"value":4094}}},
      "interfaces": {"dataType":"array","array":{"dataType":"refAlias","ref":"BatchInterface"},"validators":{"maxItems":{"value":1000}}},
    },
    additionalProperties: false,
  },

  "BatchDeviceIn": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true,"validators":{"pattern":{"value":"^[a-zA-Z0-9]{6,255}$"}}},
      "parameters": {"ref":"BatchParametersIn"},
    },
    additionalProperties: false,
  },

  "BatchIn": {
    dataType: 'refObject',
    properties: {
      "name": {"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":128}}},
      "canary": {"dataType":"integer","validators":{"minimum":{"value":0},"maximum":{"value":10000}}},
      "stop_at_failure_share": {"dataType":"double","validators":{"minimum":{"value":0},"maximum":{"value":1}}},
      "max_attempts": {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":5}}},
      "in_flight": {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":500}}},
      "timeout_in_seconds": {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":900}}},
      "supersede": {"dataType":"boolean"},
      "devices": {"dataType":"array","array":{"dataType":"union","subSchemas":[{"dataType":"string"},{"ref":"BatchDeviceIn"}]},"required":true,"validators":{"minItems":{"value":1},"maxItems":{"value":10000}}},
      "parameters": {"ref":"BatchParametersIn"},
      "expires_at": {"dataType":"datetime"},
    },
    additionalProperties: false,
  },

  "BatchListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"BatchOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "BatchListQuery": {
    dataType: 'refObject',
    properties: {
      "limit": {"dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      "cursor": {"dataType":"string"},
      "state": {"ref":"BatchState"},
    },
    additionalProperties: false,
  },

  "ItemState": { dataType: 'refAlias', type: {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["completed"]},{"dataType":"enum","enums":["cancelled"]},{"dataType":"enum","enums":["failed"]},{"dataType":"enum","enums":["running"]},{"dataType":"enum","enums":["waiting"]}],"validators":{}} },

  "BatchItemOut": {
    dataType: 'refObject',
    properties: {
      "position": {"dataType":"double","required":true},
      "equipment_id": {"dataType":"string","required":true},
      "state": {"ref":"ItemState","required":true},
      "attempts": {"dataType":"double","required":true},
      "task_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "code": {"dataType":"union","subSchemas":[{"dataType":"double"},{"dataType":"enum","enums":[null]}],"required":true},
      "message": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "ended_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "BatchItemsOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"BatchItemOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "BatchItemsQuery": {
    dataType: 'refObject',
    properties: {
      "limit": {"dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      "cursor": {"dataType":"string"},
      "state": {"ref":"ItemState"},
    },
    additionalProperties: false,
  },

  "BatchResultOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"BatchItemOut"},"required":true},
    },
    additionalProperties: false,
  },

  "BatchActIn": {
    dataType: 'refObject',
    properties: {
      "reason": {"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":500}}},
    },
    additionalProperties: false,
  },

  "DeadLetterView": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "kind": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["message"]},{"dataType":"enum","enums":["task"]}],"required":true},
      "source": {"dataType":"string","required":true},
      "reason": {"dataType":"string","required":true},
      "error": {"dataType":"string","required":true},
      "attempts": {"dataType":"double","required":true},
      "first_at": {"dataType":"string","required":true},
      "last_at": {"dataType":"string","required":true},
      "task_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "status": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["waiting"]},{"dataType":"enum","enums":["replayed"]},{"dataType":"enum","enums":["discarded"]}],"required":true},
      "acted_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "acted_by": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "action_reason": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "replayed_as": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "DeadLetterListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"DeadLetterView"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "Record_string.unknown_": { dataType: 'refAlias', type: {"dataType":"nestedObjectLiteral","nestedProperties":{},"additionalProperties":{"dataType":"any"},"validators":{}} },

  "DeadLetterPropertiesOut": {
    dataType: 'refObject',
    properties: {
      "message_id": {"dataType":"string"},
      "correlation_id": {"dataType":"string"},
      "reply_to": {"dataType":"string"},
      "type": {"dataType":"string"},
      "content_type": {"dataType":"string"},
      "exchange": {"dataType":"string"},
      "sealed": {"dataType":"boolean"},
    },
    additionalProperties: false,
  },

  "DeadLetterHistoryEntryOut": {
    dataType: 'refObject',
    properties: {
      "at": {"dataType":"string","required":true},
      "action": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["added"]},{"dataType":"enum","enums":["replayed"]},{"dataType":"enum","enums":["discarded"]},{"dataType":"enum","enums":["refused"]}],"required":true},
      "by": {"dataType":"string","required":true},
      "reason": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "detail": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "DeadLetterOut": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "kind": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["message"]},{"dataType":"enum","enums":["task"]}],"required":true},
      "source": {"dataType":"string","required":true},
      "reason": {"dataType":"string","required":true},
      "error": {"dataType":"string","required":true},
      "attempts": {"dataType":"double","required":true},
      "first_at": {"dataType":"string","required":true},
      "last_at": {"dataType":"string","required":true},
      "task_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "status": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["waiting"]},{"dataType":"enum","enums":["replayed"]},{"dataType":"enum","enums":["discarded"]}],"required":true},
      "acted_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "acted_by": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "action_reason": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "replayed_as": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "headers": {"ref":"Record_string.unknown_","required":true},
      "properties": {"ref":"DeadLetterPropertiesOut","required":true},
      "payload": {"dataType":"any","required":true},
      "payload_encoding": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["json"]},{"dataType":"enum","enums":["text"]},{"dataType":"enum","enums":["base64"]}],"required":true},
      "payload_bytes": {"dataType":"double","required":true},
      "payload_truncated": {"dataType":"boolean","required":true},
      "history": {"dataType":"array","array":{"dataType":"refObject","ref":"DeadLetterHistoryEntryOut"},"required":true},
    },
    additionalProperties: false,
  },

  "DiscardIn": {
    dataType: 'refObject',
    properties: {
      "reason": {"dataType":"string","required":true,"validators":{"minLength":{"value":1},"maxLength":{"value":500}}},
    },
    additionalProperties: false,
  },

  "BulkOut": {
    dataType: 'refObject',
    properties: {
      "dry_run": {"dataType":"boolean","required":true},
      "matched": {"dataType":"double","required":true},
      "accepted": {"dataType":"double"},
      "sample": {"dataType":"array","array":{"dataType":"refObject","ref":"DeadLetterView"}},
    },
    additionalProperties: false,
  },

  "DeadLetterFilterIn": {
    dataType: 'refObject',
    properties: {
      "kind": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["message"]},{"dataType":"enum","enums":["task"]}]},
      "source": {"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":255}}},
      "reason": {"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":255}}},
      "from": {"dataType":"datetime"},
      "to": {"dataType":"datetime"},
    },
    additionalProperties: false,
  },

  "BulkReplayIn": {
    dataType: 'refObject',
    properties: {
      "filter": {"ref":"DeadLetterFilterIn","required":true},
      "dry_run": {"dataType":"boolean","required":true},
      "limit": {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":10000}}},
      "rate_per_s": {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":1000}}},
    },
    additionalProperties: false,
  },

  "BulkDiscardIn": {
    dataType: 'refObject',
    properties: {
      "filter": {"ref":"DeadLetterFilterIn","required":true},
      "dry_run": {"dataType":"boolean","required":true},
      "reason": {"dataType":"string","required":true,"validators":{"minLength":{"value":1},"maxLength":{"value":500}}},
      "limit": {"dataType":"integer","validators":{"minimum":{"value":1},"maximum":{"value":10000}}},
    },
    additionalProperties: false,
  },

  "StoppedOut": {
    dataType: 'refObject',
    properties: {
      "stopped": {"dataType":"double","required":true},
    },
    additionalProperties: false,
  },

  "TokenOut": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "name": {"dataType":"string","required":true},
      "role": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["admin"]},{"dataType":"enum","enums":["operator"]},{"dataType":"enum","enums":["viewer"]},{"dataType":"enum","enums":["client"]}],"required":true},
      "client_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "created_at": {"dataType":"string","required":true},
      "created_by": {"dataType":"string","required":true},
      "revoked_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "last_used_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "TokenListOut": {
    dataType: 'refObject',
    properties: {
      "items": {"dataType":"array","array":{"dataType":"refObject","ref":"TokenOut"},"required":true},
      "next_cursor": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
    },
    additionalProperties: false,
  },

  "CreatedTokenOut": {
    dataType: 'refObject',
    properties: {
      "id": {"dataType":"string","required":true},
      "name": {"dataType":"string","required":true},
      "role": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["admin"]},{"dataType":"enum","enums":["operator"]},{"dataType":"enum","enums":["viewer"]},{"dataType":"enum","enums":["client"]}],"required":true},
      "client_id": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "created_at": {"dataType":"string","required":true},
      "created_by": {"dataType":"string","required":true},
      "revoked_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "last_used_at": {"dataType":"union","subSchemas":[{"dataType":"string"},{"dataType":"enum","enums":[null]}],"required":true},
      "token": {"dataType":"string","required":true},
    },
    additionalProperties: false,
  },

  "TokenIn": {
    dataType: 'refObject',
    properties: {
      "name": {"dataType":"string","required":true,"validators":{"minLength":{"value":1},"maxLength":{"value":64}}},
      "role": {"dataType":"union","subSchemas":[{"dataType":"enum","enums":["admin"]},{"dataType":"enum","enums":["operator"]},{"dataType":"enum","enums":["viewer"]},{"dataType":"enum","enums":["client"]}],"required":true},
      "client_id": {"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":64}}},
    },
    additionalProperties: false,
  },

};

export const routes: readonly Route[] = [
  {
    method: "post",
    path: "/api/v1/tasks/retry",
    controller: TaskBulksController,
    action: "retryAll",
    successStatus: 202,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"body","name":"body","required":true,"ref":"TaskBulkIn"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/tasks/cancel",
    controller: TaskBulksController,
    action: "cancelAll",
    successStatus: 202,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"body","name":"body","required":true,"ref":"TaskBulkIn"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/task-bulks/:bulk_id",
    controller: TaskBulksController,
    action: "get",
    successStatus: undefined,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"path","name":"bulk_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/tasks",
    controller: TasksController,
    action: "list",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"queries","name":"query","required":true,"ref":"TaskListQuery"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/tasks/:task_id",
    controller: TasksController,
    action: "get",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"path","name":"task_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/tasks/:task_id/history",
    controller: TasksController,
    action: "history",
    successStatus: undefined,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"path","name":"task_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/tasks/:task_id/cancel",
    controller: TasksController,
    action: "cancel",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"task_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/tasks/:task_id/retry",
    controller: TasksController,
    action: "retry",
    successStatus: 202,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"task_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/task-types",
    controller: TaskTypesController,
    action: "list",
    successStatus: undefined,
    security: [{"token":["viewer"]}],
    parameters: [
    ],
  },
  {
    method: "post",
    path: "/api/v1/task-types/:type/pause",
    controller: TaskTypesController,
    action: "pause",
    successStatus: undefined,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"type","required":true,"dataType":"string"},
      {"in":"body","name":"body","ref":"PauseIn"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/task-types/:type/resume",
    controller: TaskTypesController,
    action: "resume",
    successStatus: undefined,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"type","required":true,"dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/system/overview",
    controller: SystemController,
    action: "overview",
    successStatus: undefined,
    security: [{"token":["viewer"]}],
    parameters: [
    ],
  },
  {
    method: "get",
    path: "/api/v1/system/schedule",
    controller: SystemController,
    action: "schedule",
    successStatus: undefined,
    security: [{"token":["viewer"]}],
    parameters: [
    ],
  },
  {
    method: "get",
    path: "/api/v1/system/caller",
    controller: SystemController,
    action: "caller",
    successStatus: undefined,
    security: [{"token":["viewer","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/system/configuration",
    controller: SystemController,
    action: "configuration",
    successStatus: undefined,
    security: [{"token":["admin"]}],
    parameters: [
    ],
  },
  {
    method: "get",
    path: "/api/v1/sensors",
    controller: SensorsController,
    action: "list",
    successStatus: 200,
    security: [{"token":["viewer","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"queries","name":"query","required":true,"ref":"SensorListQuery"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/sensors",
    controller: SensorsController,
    action: "create",
    successStatus: 201,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"body","name":"body","required":true,"ref":"SensorIn"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/sensors/:sensor_id",
    controller: SensorsController,
    action: "get",
    successStatus: 200,
    security: [{"token":["viewer","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"sensor_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "patch",
    path: "/api/v1/sensors/:sensor_id",
    controller: SensorsController,
    action: "change",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"sensor_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","required":true,"ref":"SensorPatchIn"},
    ],
  },
  {
    method: "delete",
    path: "/api/v1/sensors/:sensor_id",
    controller: SensorsController,
    action: "remove",
    successStatus: 204,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"sensor_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/sensors/:sensor_id/log",
    controller: SensorsController,
    action: "readLog",
    successStatus: 200,
    security: [{"token":["viewer","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"sensor_id","required":true,"dataType":"string"},
      {"in":"queries","name":"query","required":true,"ref":"LogQuery"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/sensors/import",
    controller: SensorImportController,
    action: "importSensors",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"query","name":"client_id","dataType":"string","validators":{"maxLength":{"value":64}}},
      {"default":"refuse","in":"query","name":"existing","dataType":"union","subSchemas":[{"dataType":"enum","enums":["refuse"]},{"dataType":"enum","enums":["skip"]},{"dataType":"enum","enums":["update"]}]},
    ],
  },
  {
    method: "get",
    path: "/api/v1/clients",
    controller: ClientsController,
    action: "list",
    successStatus: 200,
    security: [{"token":["viewer","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"default":100,"in":"query","name":"limit","dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      {"in":"query","name":"cursor","dataType":"string"},
      {"in":"query","name":"name","dataType":"string","validators":{"maxLength":{"value":200},"pattern":{"errorMsg":"must have no NUL","value":"^[^\\u0000]*$"}}},
    ],
  },
  {
    method: "post",
    path: "/api/v1/clients",
    controller: ClientsController,
    action: "create",
    successStatus: 201,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"body","name":"body","required":true,"ref":"ClientIn"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/clients/:client_id",
    controller: ClientsController,
    action: "get",
    successStatus: 200,
    security: [{"token":["viewer","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"client_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "patch",
    path: "/api/v1/clients/:client_id",
    controller: ClientsController,
    action: "change",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"client_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","required":true,"ref":"Partial_ClientIn_"},
    ],
  },
  {
    method: "delete",
    path: "/api/v1/clients/:client_id",
    controller: ClientsController,
    action: "remove",
    successStatus: 204,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"client_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/sensors/accounting",
    controller: SensorEventsController,
    action: "accounting",
    successStatus: undefined,
    security: [{"token":["viewer"]}],
    parameters: [
    ],
  },
  {
    method: "post",
    path: "/api/v1/sensors/events",
    controller: SensorEventsController,
    action: "takeMany",
    successStatus: 200,
    security: [{"token":["operator","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/sensors/:sensor_id/events",
    controller: SensorEventsController,
    action: "take",
    successStatus: 200,
    security: [{"token":["operator","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"sensor_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","required":true,"ref":"SensorEventIn"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/alarms",
    controller: AlarmsController,
    action: "list",
    successStatus: 200,
    security: [{"token":["viewer","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"queries","name":"query","required":true,"ref":"AlarmListQuery"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/alarms/:alarm_id",
    controller: AlarmsController,
    action: "get",
    successStatus: 200,
    security: [{"token":["viewer","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"alarm_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/alarms/:alarm_id/acknowledge",
    controller: AlarmsController,
    action: "acknowledge",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"alarm_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","required":true,"ref":"AcknowledgeIn"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/alarm-rules",
    controller: AlarmRulesController,
    action: "list",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"default":100,"in":"query","name":"limit","dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      {"in":"query","name":"cursor","dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/alarm-rules",
    controller: AlarmRulesController,
    action: "create",
    successStatus: 201,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"body","name":"body","required":true,"ref":"AlarmRuleIn"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/alarm-rules/:rule_id",
    controller: AlarmRulesController,
    action: "get",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"path","name":"rule_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "patch",
    path: "/api/v1/alarm-rules/:rule_id",
    controller: AlarmRulesController,
    action: "change",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"rule_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","required":true,"ref":"AlarmRulePatchIn"},
    ],
  },
  {
    method: "delete",
    path: "/api/v1/alarm-rules/:rule_id",
    controller: AlarmRulesController,
    action: "remove",
    successStatus: 204,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"rule_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/report",
    controller: ReportsController,
    action: "request",
    successStatus: 202,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"body","name":"body","required":true,"ref":"ReportIn"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/report/:task_id",
    controller: ReportsController,
    action: "get",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"task_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/trade_info",
    controller: TradeInfoController,
    action: "list",
    successStatus: undefined,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"default":100,"in":"query","name":"limit","dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      {"in":"query","name":"cursor","dataType":"string"},
      {"in":"query","name":"exchanger","dataType":"string"},
      {"in":"query","name":"enabled","dataType":"boolean"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/trade_info/:id",
    controller: TradeInfoController,
    action: "get",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"path","name":"id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/trade_info",
    controller: TradeInfoController,
    action: "create",
    successStatus: 201,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"body","name":"body","required":true,"ref":"TradeInfoIn"},
    ],
  },
  {
    method: "patch",
    path: "/api/v1/trade_info/:id",
    controller: TradeInfoController,
    action: "change",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"id","required":true,"dataType":"string"},
      {"in":"body","name":"body","required":true,"ref":"TradeInfoPatch"},
    ],
  },
  {
    method: "delete",
    path: "/api/v1/trade_info/:id",
    controller: TradeInfoController,
    action: "remove",
    successStatus: 204,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/currency_pair",
    controller: RatesController,
    action: "currencyPair",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"query","name":"currency_pair","required":true,"dataType":"string","validators":{"minLength":{"value":1},"maxLength":{"value":200}}},
    ],
  },
  {
    method: "get",
    path: "/api/v1/courses",
    controller: RatesController,
    action: "courses",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"query","name":"exchanger","dataType":"string","validators":{"maxLength":{"value":64}}},
      {"in":"query","name":"direction","dataType":"array","array":{"dataType":"string"},"validators":{"maxItems":{"value":500}}},
    ],
  },
  {
    method: "get",
    path: "/api/v1/rates/:pair/history",
    controller: RatesController,
    action: "history",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"pair","required":true,"dataType":"string"},
      {"in":"query","name":"from","dataType":"datetime","validators":{"isDateTime":{"errorMsg":"from"}}},
      {"in":"query","name":"to","dataType":"datetime","validators":{"isDateTime":{"errorMsg":"to"}}},
      {"default":"1m","in":"query","name":"interval","ref":"HistoryInterval"},
      {"default":100,"in":"query","name":"limit","dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      {"in":"query","name":"cursor","dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/convert",
    controller: RatesController,
    action: "convert",
    successStatus: undefined,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"query","name":"from","required":true,"dataType":"string","validators":{"pattern":{"errorMsg":"must be a currency like BTC or bitcoin","value":"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}}},
      {"in":"query","name":"to","required":true,"dataType":"string","validators":{"pattern":{"errorMsg":"must be a currency like BTC or bitcoin","value":"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}}},
      {"default":"1","in":"query","name":"amount","dataType":"string","validators":{"pattern":{"errorMsg":"must be a decimal like 1.5","value":"^[0-9]{1,20}([.][0-9]{1,30})?$"}}},
    ],
  },
  {
    method: "get",
    path: "/api/v1/alerts",
    controller: AlertsController,
    action: "list",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"queries","name":"query","required":true,"ref":"AlertListQuery"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/alerts/:alert_id",
    controller: AlertsController,
    action: "get",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"path","name":"alert_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/alerts",
    controller: AlertsController,
    action: "create",
    successStatus: 201,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"body","name":"body","required":true,"ref":"AlertIn"},
    ],
  },
  {
    method: "delete",
    path: "/api/v1/alerts/:alert_id",
    controller: AlertsController,
    action: "remove",
    successStatus: 204,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"alert_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/webhooks",
    controller: WebhooksController,
    action: "list",
    successStatus: 200,
    security: [{"token":["viewer","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"queries","name":"query","required":true,"ref":"WebhookListQuery"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/webhooks/:webhook_id",
    controller: WebhooksController,
    action: "get",
    successStatus: 200,
    security: [{"token":["viewer","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"webhook_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/webhooks",
    controller: WebhooksController,
    action: "create",
    successStatus: 201,
    security: [{"token":["operator","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"body","name":"body","required":true,"ref":"WebhookIn"},
    ],
  },
  {
    method: "patch",
    path: "/api/v1/webhooks/:webhook_id",
    controller: WebhooksController,
    action: "change",
    successStatus: 200,
    security: [{"token":["operator","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"webhook_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","required":true,"ref":"WebhookPatchIn"},
    ],
  },
  {
    method: "delete",
    path: "/api/v1/webhooks/:webhook_id",
    controller: WebhooksController,
    action: "remove",
    successStatus: 204,
    security: [{"token":["operator","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"webhook_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/webhooks/:webhook_id/rotate-secret",
    controller: WebhooksController,
    action: "rotateSecret",
    successStatus: 200,
    security: [{"token":["operator","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"webhook_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","ref":"RotateIn"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/webhooks/:webhook_id/resend",
    controller: WebhooksController,
    action: "resend",
    successStatus: 202,
    security: [{"token":["operator","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"webhook_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","required":true,"ref":"ResendIn"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/webhooks/:webhook_id/test",
    controller: WebhooksController,
    action: "test",
    successStatus: 202,
    security: [{"token":["operator","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"webhook_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/event-types",
    controller: DeliveriesController,
    action: "eventTypes",
    successStatus: undefined,
    security: [{"token":["viewer","client"]}],
    parameters: [
    ],
  },
  {
    method: "get",
    path: "/api/v1/webhooks/:webhook_id/deliveries",
    controller: DeliveriesController,
    action: "list",
    successStatus: 200,
    security: [{"token":["viewer","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"webhook_id","required":true,"dataType":"string"},
      {"in":"queries","name":"query","required":true,"ref":"DeliveryListQuery"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/deliveries/:delivery_id",
    controller: DeliveriesController,
    action: "get",
    successStatus: undefined,
    security: [{"token":["viewer","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"delivery_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/deliveries/:delivery_id/resend",
    controller: DeliveriesController,
    action: "resend",
    successStatus: 202,
    security: [{"token":["operator","client"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"delivery_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/equipment/cpe/:id",
    controller: EquipmentController,
    action: "configure",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"id","required":true,"ref":"EquipmentId"},
      {"in":"body","name":"body","required":true,"ref":"ConfigureIn"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/equipment/cpe/:id/task/:taskId",
    controller: EquipmentController,
    action: "state",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"path","name":"id","required":true,"ref":"EquipmentId"},
      {"in":"path","name":"taskId","required":true,"dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/equipment/devices",
    controller: DevicesController,
    action: "list",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"queries","name":"query","required":true,"ref":"DeviceListQuery"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/equipment/devices/:equipment_id",
    controller: DevicesController,
    action: "get",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"path","name":"equipment_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "patch",
    path: "/api/v1/equipment/devices/:equipment_id",
    controller: DevicesController,
    action: "note",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"equipment_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","required":true,"ref":"DevicePatchIn"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/equipment/devices/:equipment_id/history",
    controller: DevicesController,
    action: "history",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"equipment_id","required":true,"dataType":"string"},
      {"in":"queries","name":"query","required":true,"ref":"DeviceHistoryQuery"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/equipment/batches",
    controller: BatchesController,
    action: "create",
    successStatus: 202,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"queries","name":"query","required":true,"ref":"BatchQuery"},
      {"in":"body","name":"_documented","required":true,"ref":"BatchIn"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/equipment/batches",
    controller: BatchesController,
    action: "list",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"queries","name":"query","required":true,"ref":"BatchListQuery"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/equipment/batches/:batch_id",
    controller: BatchesController,
    action: "get",
    successStatus: undefined,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"path","name":"batch_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/equipment/batches/:batch_id/items",
    controller: BatchesController,
    action: "items",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"batch_id","required":true,"dataType":"string"},
      {"in":"queries","name":"query","required":true,"ref":"BatchItemsQuery"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/equipment/batches/:batch_id/result",
    controller: BatchesController,
    action: "result",
    successStatus: 200,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"batch_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/equipment/batches/:batch_id/pause",
    controller: BatchesController,
    action: "pause",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"batch_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","ref":"BatchActIn"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/equipment/batches/:batch_id/resume",
    controller: BatchesController,
    action: "resume",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"batch_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","ref":"BatchActIn"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/equipment/batches/:batch_id/cancel",
    controller: BatchesController,
    action: "cancel",
    successStatus: 202,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"batch_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","ref":"BatchActIn"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/equipment/batches/:batch_id/retry",
    controller: BatchesController,
    action: "retry",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"batch_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","ref":"BatchActIn"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/dead-letters",
    controller: DeadLettersController,
    action: "list",
    successStatus: undefined,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"default":100,"in":"query","name":"limit","dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      {"in":"query","name":"cursor","dataType":"string"},
      {"in":"query","name":"kind","dataType":"union","subSchemas":[{"dataType":"enum","enums":["message"]},{"dataType":"enum","enums":["task"]}]},
      {"in":"query","name":"source","dataType":"string"},
      {"in":"query","name":"reason","dataType":"string"},
      {"in":"query","name":"status","dataType":"union","subSchemas":[{"dataType":"enum","enums":["waiting"]},{"dataType":"enum","enums":["replayed"]},{"dataType":"enum","enums":["discarded"]}]},
      {"in":"query","name":"from","dataType":"datetime","validators":{"isDateTime":{"errorMsg":"from"}}},
      {"in":"query","name":"to","dataType":"datetime","validators":{"isDateTime":{"errorMsg":"to"}}},
    ],
  },
  {
    method: "get",
    path: "/api/v1/dead-letters/:letter_id",
    controller: DeadLettersController,
    action: "get",
    successStatus: undefined,
    security: [{"token":["viewer"]}],
    parameters: [
      {"in":"path","name":"letter_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/dead-letters/:letter_id/replay",
    controller: DeadLettersController,
    action: "replay",
    successStatus: undefined,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"letter_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/dead-letters/:letter_id/discard",
    controller: DeadLettersController,
    action: "discard",
    successStatus: undefined,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"letter_id","required":true,"dataType":"string"},
      {"in":"body","name":"body","required":true,"ref":"DiscardIn"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/dead-letters/replay",
    controller: DeadLettersController,
    action: "replayMany",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"body","name":"body","required":true,"ref":"BulkReplayIn"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/dead-letters/discard",
    controller: DeadLettersController,
    action: "discardMany",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"body","name":"body","required":true,"ref":"BulkDiscardIn"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/dead-letters/stop",
    controller: DeadLettersController,
    action: "stop",
    successStatus: 200,
    security: [{"token":["operator"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/tokens",
    controller: TokensController,
    action: "list",
    successStatus: 200,
    security: [{"token":["admin"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"default":100,"in":"query","name":"limit","dataType":"integer","validators":{"isInt":{"errorMsg":"limit"},"minimum":{"value":1},"maximum":{"value":1000}}},
      {"in":"query","name":"cursor","dataType":"string"},
    ],
  },
  {
    method: "get",
    path: "/api/v1/tokens/:token_id",
    controller: TokensController,
    action: "get",
    successStatus: undefined,
    security: [{"token":["admin"]}],
    parameters: [
      {"in":"path","name":"token_id","required":true,"dataType":"string"},
    ],
  },
  {
    method: "post",
    path: "/api/v1/tokens",
    controller: TokensController,
    action: "create",
    successStatus: 201,
    security: [{"token":["admin"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"body","name":"body","required":true,"ref":"TokenIn"},
    ],
  },
  {
    method: "delete",
    path: "/api/v1/tokens/:token_id",
    controller: TokensController,
    action: "revoke",
    successStatus: 204,
    security: [{"token":["admin"]}],
    parameters: [
      {"in":"request","name":"request","required":true,"dataType":"object"},
      {"in":"path","name":"token_id","required":true,"dataType":"string"},
    ],
  },
];
