import { Controller, Get, Route, Security, Tags } from '@tsoa/runtime';

@Route('api/v1/tokens')
@Tags('tokens')
export class TokensController extends Controller {
  /** @summary x */
  @Get()
  @Security('token', ['admin'])
  list(): { items: string[] } { return { items: [] }; }
}
