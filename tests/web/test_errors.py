def test_an_unknown_address_leads_on(client):
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "Il n’y a rien ici" in answer.text or "There is nothing here" in answer.text
