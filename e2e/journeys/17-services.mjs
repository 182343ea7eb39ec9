// Servicing a policy: a surrender and a change from the policy's page, refusals on the way, and what became of them.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const PLATFORM = 'haigang';
const BASE = `/p/${PLATFORM}`;
const OTHER = '13900000002';

/** What the company's core system posts. */
async function core(stage, path, data, status = 201) {
  const [, token] = stage.server.printed().match(new RegExp(`token ${PLATFORM}/core\\s+(\\S+)`));
  const answer = await stage.page.request.post(`/v1/platforms/${PLATFORM}/${path}`, {
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
  await page.goto(`${BASE}/functions/query-policy`);
  await agreeToAll(stage);
  await step.press(stage, '提交');
  return { person, path: `${BASE}/records/${handed.record}` };
}

async function agreeToAll(stage) {
  for (const yes of await stage.page.locator('input[type=radio][value=yes]').all()) {
    await yes.check();
  }
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
  await agreeToAll(stage);
}

journey('a policy is changed and surrendered from its own page, one request at a time', async (stage) => {
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
  assert.equal(await page.locator('a[href*="?about="]').count(), 0, 'one request at a time');
  await page.goto(`${BASE}/functions/policy-service?about=${path.split('/').pop()}&wish=surrender`);
  assert.equal(new URL(page.url()).pathname, path, 'the page of the policy says why not');

  await core(stage, `services/${request}/decision`, { decided: 'accepted' });
  await page.goto(path);
  await page.getByText('已办妥').first().waitFor();
  await step.follow(stage, '退保');
  await fill(stage, person);
  await step.press(stage, '提交');
  await page.getByText('办理中').first().waitFor();
  const surrender = new URL(page.url()).pathname.split('/').pop();
  await core(stage, `services/${surrender}/decision`, { decided: 'accepted', reason: 'customer-wish' });
  await core(stage, `services/${surrender}/decision`, { decided: 'declined' }, 422);
  await page.goto(path);
  await page.getByText('已办妥').first().waitFor();
  assert.equal(await page.locator('a[href*="?about="]').count(), 0, 'what has ended is not serviced');
  assert.equal(await page.getByRole('link', { name: '电子保险凭证' }).count(), 0, 'it is in force');
  await stage.look('ended');

  await page.context().clearCookies();
  await step.beCustomer(stage, OTHER, BASE);
  for (const others of [path, `${BASE}/functions/policy-service?about=${path.split('/').pop()}&wish=change`]) {
    assert.equal((await page.goto(others)).status(), 404, 'somebody else sees it');
  }
});
