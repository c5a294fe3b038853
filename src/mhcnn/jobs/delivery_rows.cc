#include "mhcnn/jobs/delivery_rows.h"

#include "mhcnn/jobs/exam_rows.h"

namespace mhcnn {

std::vector<DeliveryRow> SelectDeliveries(Database& database, const std::string& condition,
                                          const std::vector<SqlValue>& values) {
  std::vector<DeliveryRow> result;
  for (const SqlRow& row : database.Query(
           "SELECT deliveries.id, deliveries.exam, exams.study_uid, exams.patient_id, "
           "deliveries.sop_uid, results.sop_class_uid, results.kind, results.file, "
           "deliveries.digest, deliveries.destination, deliveries.state, deliveries.attempt, "
           "deliveries.sender, deliveries.error, deliveries.made, deliveries.due, "
           "deliveries.failures, deliveries.given_up FROM deliveries JOIN results ON results.id = "
           "deliveries.result JOIN exams ON exams.id = deliveries.exam WHERE " +
               condition,
           values)) {
    DeliveryRow& r = result.emplace_back();
    Delivery& delivery = r.delivery;
    delivery.id = row.Number(0);
    delivery.exam = row.Number(1);
    delivery.study_uid = row.Text(2);
    delivery.patient_id = row.Text(3);
    delivery.sop_uid = row.Text(4);
    delivery.sop_class_uid = row.Text(5);
    delivery.kind = row.Text(6);
    delivery.file = PathFromText(row.Text(7));
    delivery.digest = row.Text(8);
    delivery.destination = row.Text(9);
    delivery.state = static_cast<DeliveryState>(row.Int(10));
    delivery.attempt = row.Int(11);
    delivery.sender = row.Text(12);
    delivery.error = row.Text(13);
    delivery.made = row.Time(14);
    delivery.next_try = row.Time(15);
    r.failures = row.Int(16);
    r.given_up = row.Int(17) != 0;
  }
  return result;
}

std::vector<DeliveryRow> OpenDeliveries(Database& database, std::int64_t exam,
                                        const std::string& destination) {
  return SelectDeliveries(database,
                          "deliveries.exam = ? AND deliveries.destination = ? AND deliveries.state "
                          "IN (0, 1) ORDER BY deliveries.place, deliveries.id",
                          {exam, destination});
}

}  // namespace mhcnn
