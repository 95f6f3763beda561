#!/usr/bin/env node
// What node-pdu, written by others than cpgw, makes of TPDUs.
//
//   node node_tpdus.js FILE
//
// FILE has a PDU in hexadecimal digits a line, the service centre's address in front. Prints a line
// for each: kind, address, protocol identifier, concatenation reference, total and number, ports in
// hexadecimal digits, octets of data, text or data, and what a report tells; separated by tabs.
'use strict';
const fs = require('fs');

let pdu;
try {
  pdu = require('node-pdu');
} catch (error) {
  console.error('node-pdu is missing: run "npm ci --ignore-scripts --prefix tests"');
  process.exit(3);
}

function elements(header) {
  return header === null ? [] : header.ies;
}

function line(hex) {
  let read;
  try {
    read = pdu.parse(hex);
  } catch (error) {
    return ['error', String(error.message)];
  }
  const kind = read instanceof pdu.Submit ? 'submit' : read instanceof pdu.Deliver ? 'deliver' : 'report';
  const common = [kind, read.address.phone, read.protocolIdentifier.getValue()];
  if (kind === 'report') {
    return [...common, read.reference, read.status, read.dateTime.time, read.discharge.time];
  }
  const part = read.data.parts[0];
  const ports = elements(part.header).filter((e) => e.type === 5).map((e) => e.dataHex).join(',');
  const joined = part.header !== null && part.header.getType() !== undefined;
  return [...common, joined ? part.header.getPointer() : '', joined ? part.header.getSegments() : '',
    joined ? part.header.getCurrent() : '', ports.toUpperCase(), part.data.length / 2, JSON.stringify(part.text)];
}

const lines = fs.readFileSync(process.argv[2], 'latin1').split('\n').filter((l) => l !== '');
process.stdout.write(lines.map((l) => line(l).join('\t') + '\n').join(''));
