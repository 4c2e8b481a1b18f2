export { epochOf, isInteger, isoDay, isZoned, kindOf, parseTime, timeOf, type ColumnKind } from '../../stores/control/times.js';
