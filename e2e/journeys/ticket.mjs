// Customer service: a complaint in the customer's own words, answered by staff and read by the customer; where the policy
// takes no words, a topic alone.

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const JD = { base: '/p/jd-allianz', customer: '13900030001' };
const WORDS = '理赔材料交了两周，没有人告诉我缺什么';
const ANSWER = '缺一张维修发票，今天下午有人给您打电话';

journey('a complaint is written, answered and read', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, JD.customer, JD.base);
  await page.goto(`${JD.base}/home`);
  await step.follow(stage, '投诉');
  await step.arrive(stage, '投诉与咨询');
  await stage.look('service');
  await page.getByLabel('主题').selectOption('claim');
  await step.field(stage, '要说的事').fill(WORDS);
  for (const yes of await page.getByRole('radio', { name: '同意', exact: true }).all()) {
    await yes.check();
  }
  await step.press(stage, '提交');
  await step.arrive(stage, /请求/);
  const number = new URL(page.url()).pathname.split('/').pop();
  await stage.look('request');

  await page.context().clearCookies();
  await step.beStaff(stage, 'lipei', 'jd-allianz');
  await page.goto(`/console/requests/${number}`);
  await stage.look('request of staff');
  await step.field(stage, '答复').fill(ANSWER);
  await step.press(stage, '保存答复并办结');
  await page.getByText('这项请求已经办结').waitFor();

  await page.context().clearCookies();
  await step.beCustomer(stage, JD.customer, JD.base);
  await page.goto(`${JD.base}/requests/${number}`);
  await stage.look('request answered');
  await step.press(stage, '打开答复');
  await page.getByText(ANSWER).waitFor();
});

journey('where the policy takes no words, a topic is chosen', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, step.INSURED);
  await page.goto(`${step.BASE}/service?right=explain`);
  await step.arrive(stage, '投诉与咨询');
  await page.getByText('不收文字').waitFor();
  await stage.look('service without words');
  await page.getByLabel('主题').selectOption('personal-information');
  await step.press(stage, '提交');
  await step.arrive(stage, /请求/);
});
