// The types of the CommonJS build.

import mock = require('r1-entitlements-mock')
import jest = require('r1-entitlements-mock/jest')

export const server: Promise<mock.Server> = mock.Server.start()
export const current: jest.R1Mock = jest.useR1Mock()
