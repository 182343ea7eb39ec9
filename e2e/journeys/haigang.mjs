// 海港, to the letter of its policy: a person and a company register, a face is refused, an agency is authorised and cut off,
// both lists, a withdrawal, a change and a surrender, and leaving. Refusals on the way.

import assert from 'node:assert/strict';

import { demo } from '../server.mjs';
import { WIDTHS, journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const AGENCY = '北港信帆保险代理有限公司';
const OTHER = '13900000002';

journey('haigang: a person registers, refuses the face and takes the other way', async (stage) => {
  const { page } = stage;
  const person = step.newPerson();

  await step.open(stage, '/');
  await step.arrive(stage, 'E化服务平台');
  await stage.look('start');
  await step.follow(stage, '个人注册');
  await step.arrive(stage, '个人注册');
  assert.equal(await page.getByRole('radio', { checked: true }).count(), 0, 'something is chosen beforehand');
  await stage.look('form');

  await step.fillPerson(stage, person);
  await step.answer(stage, /^同意 用户注册/, '同意');
  stage.tolerates(/status of 422/);
  await step.press(stage, '提交注册');
  const problems = page.getByRole('alert');
  await problems.getByRole('link', { name: /身份证件/ }).waitFor();
  assert.equal(await step.field(stage, '证件号码').inputValue(), person.idNumber);
  assert.equal(await page.getByRole('group', { name: /^单独同意/ }).getByRole('radio', { checked: true }).count(), 0);
  await stage.look('unanswered');

  await step.answer(stage, /^同意 用户注册/, '同意');
  await step.answer(stage, /^单独同意 用户注册/, '同意');
  await step.press(stage, '提交注册');
  await step.arrive(stage, '输入验证码');
  await stage.look('code');
  await step.enterCode(stage);
  await step.arrive(stage, '您好');
  await stage.look('home');

  await step.follow(stage, '人脸识别');
  await step.arrive(stage, '人脸识别');
  const answers = await page.getByRole('form', { name: '请选择' }).getByRole('button').all();
  assert.equal(answers.length, 3);
  const boxes = await Promise.all(answers.map((button) => button.boundingBox()));
  assert.equal(new Set(boxes.map(({ width, height }) => `${Math.round(width)}×${Math.round(height)}`)).size, 1, 'the answers do not weigh the same');
  await stage.look('face');
  await step.press(stage, '不同意，改用其他方式');
  await step.arrive(stage, '不用人脸的方式');
  await stage.look('other way');
  await page.getByRole('group', { name: '用哪种方式' }).getByLabel('柜面核验').check();
  await step.press(stage, '用这种方式继续');
  await step.arrive(stage, '您好');
  await page.getByRole('status').getByText('已完成').waitFor();
  await stage.look('home after the other way');
});

journey('haigang: what is not needed can be refused, and a refusal closes nothing else', async (stage) => {
  const { page } = stage;
  await step.registerPerson(stage);
  const open = () => page.getByText('可用', { exact: true }).count();
  const before = await open();
  await step.card(stage, '数据分析和研究').getByRole('link', { name: '看说明，再决定' }).click();
  await step.arrive(stage, '数据分析和研究');
  await stage.look('analysis');
  await step.answer(stage, /^同意 数据分析和研究/, '不同意');
  await step.press(stage, '提交');
  await step.arrive(stage, '您好');
  await step.card(stage, '数据分析和研究').getByText('暂不可用').waitFor();
  assert.equal(await open(), before);
  assert.doesNotMatch(await page.getByRole('main').innerText(), /[a-z]+-missing/, 'a code of the program is shown to a customer');
  await stage.look('home');
});

journey('haigang: a person whose identity is not known sees no policy that a system handed in, and is told the way', async (stage) => {
  const { page } = stage;
  await step.registerPerson(stage);
  await step.card(stage, '保单查询').getByRole('link', { name: '看说明，再决定' }).click();
  await step.arrive(stage, '保单查询');
  await step.answer(stage, '同意 保单查询', '同意');
  await step.press(stage, '提交');
  await step.open(stage, '/home');
  await step.card(stage, '保单查询').getByText('须先核验身份').waitFor();
  await stage.look('home');
  stage.tolerates(/status of 403/);
  await step.open(stage, '/records?function=query-policy');
  await step.arrive(stage, '这次操作没有执行');
  await stage.look('refused');
  await page.getByText('须先核验身份').waitFor();
  assert.doesNotMatch(await page.getByRole('main').innerText(), /identity-unverified/, 'a code of the program is shown to a customer');
}, { widths: [390] });

journey('haigang: a person whose identity is known queries a policy', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, step.INSURED);
  await step.card(stage, '保单查询').getByText('可用', { exact: true }).waitFor();
  await step.follow(stage, '保单查询');
  await step.arrive(stage, '保单查询');
  await stage.look('policies');
  await step.entry(stage, '保单').getByRole('link', { name: '保单', exact: true }).click();
  await step.arrive(stage, '保单');
  await page.getByRole('heading', { name: '投保人' }).waitFor();
  assert.doesNotMatch(await page.getByRole('main').innerText(), /990101198604123245|6222009900000019/, 'a number is shown in the clear');
  await stage.look('policy');
});

journey('haigang: a company registers, and a mistyped number is named and loses nothing', async (stage) => {
  const { page } = stage;
  const contact = step.newPerson();
  const code = step.newCompanyCode();
  const typed = {
    企业名称: '星桥仪器有限公司',
    企业证件代码: code,
    企业证件号: code,
    企业联系人姓名: contact.name,
    企业联系人电话号码: contact.phone,
    企业联系人身份证号码: step.wrongly(contact.idNumber),
    企业联系人邮箱: 'wen@xingqiao.example',
  };

  await step.open(stage, '/');
  await step.follow(stage, '企业注册');
  await step.arrive(stage, '企业注册');
  await stage.look('form');
  for (const [name, value] of Object.entries(typed)) {
    await step.field(stage, name).fill(value);
  }
  await step.answer(stage, /^同意 企业用户注册/, '同意');
  await step.answer(stage, /^单独同意 企业用户注册/, '同意');
  stage.tolerates(/status of 422/);
  await step.press(stage, '提交注册');

  const problems = page.getByRole('alert');
  await problems.waitFor();
  assert.deepEqual(await problems.getByRole('link').allInnerTexts(), ['企业联系人 · 企业联系人身份证号码：号码的校验位不对，请核对']);
  assert.ok(await problems.evaluate((element) => element === document.activeElement), 'the summary has no focus');
  for (const [name, value] of Object.entries(typed)) {
    assert.equal(await step.field(stage, name).inputValue(), value, `${name} was lost`);
  }
  await stage.look('mistyped');
  await problems.getByRole('link').click();
  const wrong = step.field(stage, '企业联系人身份证号码');
  assert.ok(await wrong.evaluate((element) => element === document.activeElement), 'the summary does not lead to its field');
  assert.equal(await wrong.getAttribute('aria-invalid'), 'true');

  await wrong.fill(contact.idNumber);
  await step.answer(stage, /^同意 企业用户注册/, '同意');
  await step.answer(stage, /^单独同意 企业用户注册/, '同意');
  await step.press(stage, '提交注册');
  await step.arrive(stage, '输入验证码');
  await page.getByRole('status').getByText('账号已开立').waitFor();
  await step.enterCode(stage);
  await stage.look('home');
});

journey('haigang: a person authorises an agency and revokes it again', async (stage) => {
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

journey('haigang: a person reads both lists and one value in the clear', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, step.INSURED);
  await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '我的信息' }).click();
  await step.arrive(stage, '我的信息');
  await page.getByText('139****0001').first().waitFor();
  assert.doesNotMatch(await page.content(), /13900000001/, 'a number stands in the page in the clear');
  await stage.look('collected');
  await page.getByRole('link', { name: /与第三方共享/ }).first().click();
  await page.getByRole('heading', { name: '与第三方共享清单' }).waitFor();
  await stage.look('shared');
  await page.goBack();

  await page.getByRole('link', { name: '查看原文：电话号码' }).click();
  await step.arrive(stage, '电话号码');
  await stage.look('before the clear view');
  await step.press(stage, '查看原文');
  await page.getByRole('status').getByText('13900000001').waitFor();
  await stage.look('clear');
  await step.newestReceiptVerifies(stage, '查看信息');
});

journey('haigang: a person withdraws a consent, sees what follows, and gives it again', async (stage) => {
  const { page } = stage;
  const title = '保单查询';
  await step.beCustomer(stage, step.MATURED);
  await step.card(stage, title).getByText('可用', { exact: true }).waitFor();
  await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '我的同意' }).click();
  await step.arrive(stage, '我的同意');
  await stage.look('consents');
  await page.getByRole('link', { name: `撤回同意：${title}`, exact: true }).click();
  await step.arrive(stage, `撤回：${title}`);
  await page.getByText(`“${title}”不再进行`).waitFor();
  await stage.look('consequences');
  await step.press(stage, '撤回同意');
  await step.arrive(stage, `已撤回：${title}`);
  await stage.look('withdrawn');

  await step.follow(stage, '回到首页');
  const closed = step.card(stage, title);
  await closed.getByText('暂不可用').waitFor();
  await closed.getByText(`尚未同意：${title}`).waitFor();
  await stage.look('function closed');
  await closed.getByRole('link', { name: '看说明，再决定' }).click();
  await step.arrive(stage, title);
  await step.answer(stage, `同意 ${title}`, '同意');
  await step.press(stage, '提交');
  await step.open(stage, '/home');
  await step.card(stage, title).getByText('可用', { exact: true }).waitFor();
});

for (const width of WIDTHS) {
  const server = () => demo();

  journey('haigang: a person without a policy leaves and cannot come back', async (stage) => {
    const { page } = stage;
    page.on('dialog', (dialog) => dialog.accept());
    await step.beCustomer(stage, step.UNINSURED);
    await leavePlan(stage);
    await page.getByRole('listitem').filter({ hasText: '账户中作为注册用户的信息' }).waitFor();
    await stage.look('plan');
    await step.press(stage, '删除信息并注销账号');
    await step.arrive(stage, '账号已注销');
    await page.getByRole('heading', { name: '删除证明' }).waitFor();
    await stage.look('certificate');
    await page.getByRole('link', { name: /\/destroyed$/ }).click();
    await step.arrive(stage, '核验一张删除证明');
    await page.getByText('密钥已不存在').waitFor();
    await stage.look('certificate verified');

    await step.open(stage, '/home');
    await step.arrive(stage, /登录/);
    const gone = await codeFor(stage, step.UNINSURED);
    const stranger = await codeFor(stage, '13900009999');
    assert.equal(gone, stranger, 'the answer tells who had an account');
  }, { widths: [width], server });

  journey('haigang: a person with a policy in force leaves, and the law keeps the policy until a day', async (stage) => {
    const { page } = stage;
    page.on('dialog', (dialog) => dialog.accept());
    await step.beCustomer(stage, step.INSURED);
    await leavePlan(stage);
    const kept = page.getByRole('listitem').filter({ hasText: '保单中作为投保人的信息' });
    await kept.getByText('2055年3月1日').waitFor();
    await kept.getByText('《保险法》第八十七条').waitFor();
    await stage.look('plan');
    await step.press(stage, '删除信息并注销账号');
    await step.arrive(stage, '账号已注销');
    await kept.getByText('2055年3月1日').waitFor();
    await stage.look('certificate');
  }, { widths: [width], server });
}

async function leavePlan(stage) {
  await stage.page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '隐私中心' }).click();
  await stage.page.getByRole('main').getByRole('link', { name: '删除信息与注销账号' }).first().click();
  await step.arrive(stage, '删除信息与注销账号');
}

/** What the pages say after a code was asked for and mistyped: without digits, and without what a message in the demo's telephone says. */
async function codeFor(stage, phone) {
  await step.open(stage, '/login');
  await step.field(stage, '手机号码').fill(phone);
  await step.press(stage, '获取验证码');
  await step.arrive(stage, '输入验证码');
  const asked = await stage.page.getByRole('main').innerText();
  stage.tolerates(/status of 422/);
  await step.field(stage, '验证码').fill('000000');
  await step.press(stage, '登录');
  await stage.page.getByRole('alert').waitFor();
  const answered = await stage.page.getByRole('main').innerText();
  return `${asked}\n${answered}`.replaceAll(/\d/g, '0').replaceAll(/演示：短信里.*|短信中的.*/g, '');
}

/** What the company's core system posts. */
async function core(stage, path, data, status = 201) {
  const [, token] = stage.server.printed().match(new RegExp(`token ${step.PLATFORM}/core\\s+(\\S+)`));
  const answer = await stage.page.request.post(`/v1/platforms/${step.PLATFORM}/${path}`, {
    headers: { authorization: `Bearer ${token}` },
    data,
  });
  assert.equal(answer.status(), status, await answer.text());
  return answer.json();
}

/** A customer of its own, with a policy in force. Gives the policy's path. */
async function insured(stage) {
  const { page } = stage;
  const person = await step.registerPerson(stage);
  const fields = {
    name: person.name, sex: person.sex, 'id-type': '居民身份证', 'id-number': person.idNumber,
    'birth-date': person.birth, 'policy-info': `终身寿险 HG2026${person.phone}`,
  };
  const people = [{ roles: ['applicant', 'insured'], fields }];
  const handed = await core(stage, 'records', {
    class: 'policy', in_force_from: '2026-01-01', in_force_until: '2046-12-31', people,
  });
  await core(stage, `subjects/${handed.subjects[0]}/verifications`, { way: 'verify-at-counter' });
  await page.goto(`${step.BASE}/functions/query-policy`);
  await step.checkAll(stage, 'yes');
  await step.press(stage, '提交');
  return { person, path: `${step.BASE}/records/${handed.record}` };
}

async function fill(stage, person) {
  const field = (item) => stage.page.locator(`[name="applicant.${item}"]`);
  await field('name').fill(person.name);
  await stage.page.locator(`[name="applicant.sex"][value="${person.sex}"]`).check();
  await field('id-type').selectOption('居民身份证');
  await field('id-number').fill(person.idNumber);
  await field('birth-date').fill(person.birth);
  await field('occupation-class').fill('一类');
  await field('address').fill('云川省青梧市临江区望潮路18号');
  await field('email').fill('someone@customers.example');
  await field('bank-card').fill('6222021234567890128');
  await step.checkAll(stage, 'yes');
}

/** Staff at the console decide a request that waits. */
async function decides(stage, request, act) {
  const { page } = stage;
  await step.elsewhere(stage, [], async () => {
    await step.beStaff(stage, 'lipei');
    await page.goto('/console/');
    await page.getByRole('link', { name: '保单业务申请' }).click();
    await step.arrive(stage, '保单业务申请');
    await stage.look('waiting');
    await page.locator(`a[href$="${request}"]`).click();
    await page.getByText('办理中').first().waitFor();
    await act();
    await step.arrive(stage, '保单业务申请');
    assert.equal(await page.locator(`a[href$="${request}"]`).count(), 0, 'it waits no more');
  });
}

journey('haigang: a policy is changed and surrendered from its own page, one request at a time', async (stage) => {
  const { page } = stage;
  stage.tolerates(/status of 4(03|04|22)/);
  const { person, path } = await insured(stage);
  await page.goto(path);
  await page.getByRole('link', { name: '退保' }).waitFor();
  await stage.look('policy');

  await step.follow(stage, '变更');
  await page.getByText('申请事项：变更').waitFor();
  await stage.look('form');
  await step.press(stage, '提交');
  await page.getByRole('alert').first().waitFor();
  await page.getByText('申请事项：变更').waitFor();
  await fill(stage, person);
  await step.press(stage, '提交');
  await page.getByText('办理中').first().waitFor();
  await stage.look('request');
  const request = new URL(page.url()).pathname.split('/').pop();

  await page.goto(path);
  await page.getByText('办理中').first().waitFor();
  await page.getByText('“变更”的申请还没有办结').waitFor();
  await stage.look('waits');
  assert.equal(await page.locator('a[href*="?about="]').count(), 0, 'one request at a time');
  await page.goto(`${step.BASE}/functions/policy-service?about=${path.split('/').pop()}&wish=surrender`);
  assert.equal(new URL(page.url()).pathname, path, 'the page of the policy says why not');

  await core(stage, `services/${request}/decision`, { decided: 'accepted' });
  await page.goto(path);
  await page.getByText('已办妥').first().waitFor();
  const surrenders = page.locator('a[href*="wish=surrender"]');
  await surrenders.click();
  await fill(stage, person);
  await step.press(stage, '提交');
  await page.getByText('办理中').first().waitFor();
  await step.press(stage, '撤回申请');
  await page.getByText('已撤回').first().waitFor();
  await stage.look('taken-back');

  await page.goto(path);
  await surrenders.click();
  await fill(stage, person);
  await step.press(stage, '提交');
  await page.getByText('办理中').first().waitFor();
  const declined = new URL(page.url()).pathname.split('/').pop();
  await decides(stage, declined, async () => {
    const text = await page.getByRole('main').innerText();
    assert.ok(!text.includes(person.idNumber) && !text.includes(person.name), 'something is shown in the clear');
    await stage.look('decision');
    await step.press(stage, '不予办理');
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('不予办理的理由').selectOption({ index: 1 });
    await step.press(stage, '不予办理');
  });
  await page.goto(path);
  await page.getByText('没有受理').first().waitFor();
  await page.getByText('办理凭证不全').waitFor();
  await stage.look('declined');

  await surrenders.click();
  await fill(stage, person);
  await step.press(stage, '提交');
  await page.getByText('办理中').first().waitFor();
  const surrender = new URL(page.url()).pathname.split('/').pop();
  await decides(stage, surrender, () => step.press(stage, '同意退保'));
  await core(stage, `services/${surrender}/decision`, { decided: 'declined' }, 422);
  await page.goto(path);
  await page.getByText('已办妥').first().waitFor();
  assert.equal(await page.locator('a[href*="?about="]').count(), 0, 'what has ended is not serviced');
  assert.equal(await page.getByRole('link', { name: '电子保险凭证' }).count(), 0, 'it is in force');
  await stage.look('ended');

  await page.context().clearCookies();
  await step.beCustomer(stage, OTHER, step.BASE);
  for (const others of [path, `${step.BASE}/functions/policy-service?about=${path.split('/').pop()}&wish=change`]) {
    assert.equal((await page.goto(others)).status(), 404, 'somebody else sees it');
  }
});
