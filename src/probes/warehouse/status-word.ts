export { statusMeaning, type StatusMeaning } from '../../stores/control/status-word.js';
