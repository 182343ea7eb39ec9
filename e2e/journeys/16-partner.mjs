// An outside party that calls by a virtual number: one case, no list, no copy, no export; cut off by staff, it sees nothing.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

/** The customer of `platforms/anrun/demo.json` who agreed to be called. */
const CUSTOMER = '13900000303';

const PARTY = '清禾保险经纪有限公司';

const beStaff = (stage) => step.beStaff(stage, 'operator', 'anrun');
const beSeat = (stage) => step.beStaff(stage, 'qinghe', 'anrun', '打开交办');

/** Hands the customer over on its page, and gives the number of the case. */
async function handOver(stage) {
  const { page } = stage;
  await page.goto('/console/subjects');
  await step.field(stage, '手机号码').fill(CUSTOMER);
  await step.press(stage, '查找');
  await page.getByRole('main').getByRole('list').getByRole('link').click();
  await page.getByLabel('合作方').selectOption(PARTY);
  await step.press(stage, '交办');
  await page.getByRole('heading', { name: '交办合作伙伴' }).waitFor();
  await stage.look('handed over');
  return page.locator('#partners code').first().innerText();
}

async function openCase(stage, number) {
  await stage.page.goto('/console/case');
  await step.field(stage, '交办编号').fill(number);
  await step.press(stage, '打开');
}

async function cutOff(stage, button, because) {
  const { page } = stage;
  await beStaff(stage);
  await page.goto('/console/parties');
  await step.follow(stage, PARTY);
  await step.arrive(stage, PARTY);
  await page.getByLabel('理由').selectOption(because);
  await step.press(stage, button);
  await step.arrive(stage, PARTY);
}

journey('a partner calls a number that is not the customer’s, takes nothing away, and is cut off', async (stage) => {
  const { page } = stage;
  stage.tolerates(/status of 40[34]/);
  stage.tolerates(/status of 422/);
  await beStaff(stage);
  const number = await handOver(stage);

  await beSeat(stage);
  await stage.look('asked for a case');
  await openCase(stage, 'asg-1');
  await page.getByText('编号不完整').first().waitFor();
  await openCase(stage, number);
  await step.arrive(stage, '交办');
  assert.doesNotMatch(await page.content(), new RegExp(CUSTOMER), 'the page holds the customer’s own number');
  await stage.look('case');
  await step.field(stage, '您用来拨打的手机号码').fill('13900000099');
  await step.press(stage, '取得虚拟号码');
  assert.match(await page.locator('.reveal .value').innerText(), /^170\d{8}$/);
  assert.doesNotMatch(await page.content(), new RegExp(CUSTOMER));
  await stage.look('number');
  for (const path of ['subjects', 'requests', 'ledger', 'policy', 'parties']) {
    await page.goto(`/console/${path}`);
    await step.arrive(stage, /没有执行/);
    await page.getByText('这个岗位无权查看').first().waitFor();
  }
  await stage.look('refused');

  await cutOff(stage, '立即停止提供', '挪作他用');
  await page.getByText('停止提供：挪作他用').first().waitFor();
  await stage.look('cut off');
  await refusedStill(stage, number);
  await page.goto('/p/anrun/lists');
  await page.getByText(`已停止向${PARTY}提供`).first().waitFor();
  await cutOff(stage, '恢复提供', '整改完成并复查');
});

/** The seat is signed in still; nothing answers it. */
async function refusedStill(stage, number) {
  const { page } = stage;
  await page.context().clearCookies();
  await page.context().addCookies(step.sessionOf(stage, 'qinghe'));
  await page.goto(`/console/cases/${number}`);
  await step.arrive(stage, /没有执行/);
  await page.getByText('已停止向这一接收方提供').first().waitFor();
  assert.doesNotMatch(await page.content(), /170\d{8}/);
}
