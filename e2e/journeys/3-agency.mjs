// An agency is authorised, and the grant is revoked in no more steps than it took.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const AGENCY = '北港信帆保险代理有限公司';

journey('a person authorises an agency and revokes it again', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, step.INSURED);
  const counter = stepCounter();

  await counter.does(() => step.follow(stage, '授权指定保险代理机构'));
  await step.arrive(stage, '授权指定保险代理机构');
  await stage.look('agencies');
  await counter.does(() => page.getByRole('link', { name: /^授权这家机构/ }).click());
  await step.arrive(stage, `授权${AGENCY}`);
  assert.equal(await page.getByRole('radio', { checked: true }).count(), 0, 'something is chosen beforehand');
  await stage.look('form');
  await counter.does(() => page.getByRole('group', { name: '授权到何时' }).getByLabel('直到我撤销').check());
  const asked = await page.getByRole('group', { name: new RegExp(AGENCY) }).all();
  assert.ok(asked.length > 1, 'what is sensitive is not asked by itself');
  await counter.does(() => asked[0].getByLabel('同意', { exact: true }).check());
  for (const sensitive of asked.slice(1)) {
    await counter.does(() => sensitive.getByLabel('不同意', { exact: true }).check());
  }
  await counter.does(() => step.press(stage, '提交'));
  await step.arrive(stage, `已授权${AGENCY}`);
  await stage.look('granted');
  const giving = counter.restart();

  await step.open(stage, '/home');
  await counter.does(() => step.follow(stage, '授权指定保险代理机构'));
  await counter.does(() => step.entry(stage, AGENCY).getByRole('link', { name: /^撤销授权/ }).click());
  await step.arrive(stage, `撤销对${AGENCY}的授权`);
  await stage.look('before revoking');
  await counter.does(() => step.press(stage, '撤销授权'));
  await step.arrive(stage, `已撤销对${AGENCY}的授权`);
  await stage.look('revoked');
  assert.ok(counter.steps <= giving, `revoking takes ${counter.steps} steps, giving took ${giving}`);

  await page.getByRole('link', { name: /^回执/ }).first().click();
  await step.arrive(stage, '撤回同意');
  assert.equal(await page.getByRole('status').innerText(), '核验通过');
  assert.doesNotMatch(await page.getByRole('main').innerText(), /the receipt|不符|待核/);
  await stage.look('receipt');
});

function stepCounter() {
  return {
    steps: 0,
    async does(action) {
      this.steps += 1;
      await action();
    },
    restart() {
      const { steps } = this;
      this.steps = 0;
      return steps;
    },
  };
}
