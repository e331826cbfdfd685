import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { noBrowser, startConsole } from '../support/browser.ts'
import { createDevice, createSim, createUser, makeEmail, makeImei } from '../support/factories.ts'

const console = await startConsole()
const { project } = console

function csv(name: string, lines: readonly string[]) {
  return { name, mimeType: 'text/csv', buffer: Buffer.from(lines.map((line) => `${line}\r\n`).join('')) }
}

describe('importing a file', { skip: noBrowser }, () => {
  it('previews it, registers what is right, and gives the rest with reasons in a file that can be mended', async () => {
    const user = await createUser(project)
    const sim = await createSim(project)
    const there = makeImei()
    await createDevice(project, { imei: there })
    const [good, short, stranger] = [makeImei(), makeImei().slice(1), makeImei()]
    const unknown = makeEmail()
    const page = await console.open('/import')
    const rows = [
      'imei,name,user,iccids,metadata.shop,notes',
      `${good},"Anna, phone",${user.email},${sim.iccid},Berlin,n1`,
      `${short},,,,,n2`,
      `${there},,,,,n3`,
      `${stranger},,${unknown},,,n4`,
      `${good},again,,,,n5`,
    ]
    await page.getByLabel('Choose a file').setInputFiles(csv('phones.csv', rows))
    await page.getByText('5 rows: 3 look right, 2 do not and will be rejected. Not used: the columns notes.').waitFor()
    await page.getByRole('cell', { name: 'The IMEI is not 15 or 16 digits.' }).waitFor()
    await page.getByRole('cell', { name: 'The same IMEI is in line 2.' }).waitFor()
    await page.getByRole('button', { name: 'Import 3 devices' }).click()
    await page.getByText('Done. 5 of 5: 1 registered, 1 there already, 3 rejected.').waitFor()

    const [found] = (await project.ask('POST', './devices/search', { body: { imei: good } })).body.items
    assert.equal(found.name, 'Anna, phone')
    assert.equal(found.user.id, user.id)
    assert.equal(found.sims[0].id, sim.id)
    assert.deepEqual(found.metadata, { shop: 'Berlin' })

    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download 3 rejects' }).click()
    const download = await downloading
    assert.equal(download.suggestedFilename(), 'phones.rejects.csv')
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
    assert.equal(lines[0], 'imei,name,user,iccids,metadata.shop,notes,reject')
    assert.deepEqual(
      lines.slice(1).sort(),
      [
        `${short},,,,,n2,The IMEI is not 15 or 16 digits.`,
        `${stranger},,${unknown},,,n4,There is no user ${unknown}.`,
        `${good},again,,,,n5,The same IMEI is in line 2.`,
      ].sort(),
    )
  })

  it('takes semicolons, and an import that is run again doubles nothing', async () => {
    const lines = ['IMEI;Name', ...Array.from({ length: 30 }, (_, at) => `${makeImei()};Phone ${at}`)]
    const page = await console.open('/import')
    for (const outcome of ['30 registered, 0 there already', '0 registered, 30 there already']) {
      await page.getByLabel('Choose a file').setInputFiles(csv('again.csv', lines))
      await page.getByRole('button', { name: 'Import 30 devices' }).click()
      await page.getByText(`Done. 30 of 30: ${outcome}, 0 rejected.`).waitFor()
    }
  })

  it('says what is wrong with a file that is none', async () => {
    const page = await console.open('/import')
    await page.getByLabel('Choose a file').setInputFiles(csv('wrong.csv', ['serial,name', '1,2']))
    await page.getByText('one of them must be `imei`').waitFor()
  })
})
