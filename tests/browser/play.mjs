// Plays one scenario: node play.mjs NAME, with the settings that scenario reads from the environment
// (README.md). Ends with 0 when it went as expected, and with 1 and the reason when it did not.
import { open } from './stage.mjs';
import * as scenarios from './scenarios.mjs';

const name = process.argv[2];
if (!(name in scenarios)) {
  console.error(`no scenario ${name}; there are ${Object.keys(scenarios).join(', ')}`);
  process.exit(2);
}
const stage = await open(name);
try {
  await scenarios[name](stage);
  stage.expectSilence();
} catch (error) {
  console.error(error.stack);
  await stage.shoot('failed').catch(() => {});
  process.exitCode = 1;
}
await stage.close();
