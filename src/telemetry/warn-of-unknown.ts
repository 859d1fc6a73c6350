import type { Config } from '../config/config.ts';
import type { Logger } from './logger.ts';

/** Says which variables of the environment are ignored although somebody will have meant them for the service. */
export function warnOfUnknown({ unknownVariables }: Config, logger: Logger): void {
  for (const { name, nearest } of unknownVariables)
    logger.warn(
      { event: 'variableUnknown', name, nearest },
      `${name} is no variable of the service and is ignored: is it ${nearest} that is meant?`,
    );
}
